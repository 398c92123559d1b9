"""Small data of our own in the published forms, and a model that answers what it is told to."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Answer = tuple[int, dict[str, Any]]


def locomo(*names: str, turns: int = 4) -> list[dict[str, Any]]:
    """Conversations of two sessions; of each session's first turn one question is asked, and one has no answer."""
    return [_locomo(name, turns) for name in names]


def _locomo(name: str, turns: int) -> dict[str, Any]:
    def session(number: int, plant: str) -> list[dict[str, Any]]:
        first = {"speaker": "Ada", "dia_id": f"D{number}:1", "text": f"I planted a {plant} behind the shed."}
        rest = [
            {"speaker": "Bo", "dia_id": f"D{number}:{turn}", "text": f"Remark {turn} about the weather."}
            for turn in range(2, turns + 1)
        ]
        return [first, *rest]

    return {
        "sample_id": name,
        "conversation": {
            "speaker_a": "Ada",
            "speaker_b": "Bo",
            "session_1_date_time": "1:56 pm on 8 May, 2023",
            "session_1": session(1, "pear tree"),
            "session_2_date_time": "9:05 am on 12 June, 2023",
            "session_2": session(2, "walnut bush"),
        },
        "qa": [
            {"question": "Where did Ada plant the pear tree?", "answer": "behind the shed", "evidence": ["D1:1"]}
            | {"category": 4},
            {"question": "When was the walnut bush planted?", "answer": 2023, "evidence": ["D2:1"], "category": 2},
            {"question": "What did Ada plant?", "answer": "pear tree, walnut", "evidence": ["D1:1; D2:1"]}
            | {"category": 1},
            {"question": "Where did Bo plant it?", "adversarial_answer": "shed", "evidence": ["D1:1"], "category": 5},
        ],
    }


def longmemeval() -> list[dict[str, Any]]:
    """A question about what the assistant said, and one that the history can't answer; sessions out of order."""
    chat = [
        {"role": "user", "content": "Which kite suits a beginner?"},
        {"role": "assistant", "content": "Take the Skylark Delta, it forgives a lot.", "has_answer": True},
        {"role": "assistant", "content": "  "},
    ]
    other = [
        {"role": "user", "content": "likes tea"},
        {"role": "assistant", "content": "Then try an oolong from the mountains.", "has_answer": False},
    ]
    shared = {
        "question_date": "2023/06/01 (Thu) 10:00",
        "answer_session_ids": ["answer_1"],
        "haystack_session_ids": ["answer_1", "other_2"],
        "haystack_dates": ["2023/05/21 (Sun) 08:30", "2023/05/20 (Sat) 02:21"],
        "haystack_sessions": [chat, other],
    }
    return [
        {"question_id": "kite1", "question_type": "single-session-assistant"}
        | {"question": "Which kite did you tell me to take?", "answer": "the Skylark Delta"}
        | shared,
        {"question_id": "kite2_abs", "question_type": "single-session-user"}
        | {"question": "Which boat do I own?", "answer": "The user never spoke of a boat."}
        | shared,
    ]


def written(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


@contextmanager
def listening(answer: Callable[[str, dict[str, Any]], Answer]) -> Iterator[str]:
    """The address of a server on loopback that gives ``answer(path, body)`` to every POST and GET."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            status, document = answer(self.path, json.loads(self.rfile.read(size) or b"{}"))
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_DELETE = do_POST  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def completion(text: str, tokens_in: int = 100, tokens_out: int = 10) -> Answer:
    usage = {"prompt_tokens": tokens_in, "completion_tokens": tokens_out}
    return 200, {"choices": [{"message": {"role": "assistant", "content": text}}], "usage": usage}
