from memos.embedded.options import Options


def run(options: Options) -> int:
    raise NotImplementedError
