"""Every `code` that a problem document can have: part of the contract, so that none is ever renamed or reused."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """``told`` says when it is answered, ``detail`` is an example of its sentence. ``members`` stand in the document
    beside those that every problem has, ``headers`` on the answer."""

    status: int
    told: str
    detail: str
    members: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()


CODES = {
    "VALIDATION_ERROR": Code(
        400,
        "A parameter or a field is unknown, missing or out of its limits: `errors` names each of them.",
        "The request is not valid: email.",
        members=("errors",),
    ),
    "MALFORMED_JSON": Code(
        400,
        "The body is not a JSON object in UTF-8, names a field twice or is nested too deeply.",
        "The body is not valid JSON: Expecting ',' delimiter: line 1 column 15 (char 14)",
    ),
    "UNAUTHENTICATED": Code(
        401,
        "No key was sent, or none that is known.",
        "Send a valid API key: 'Authorization: Bearer mos_live_…'.",
        headers=("WWW-Authenticate",),
    ),
    "KEY_EXPIRED": Code(
        401, "The key has expired.", "The key mos_live_8f2k… has expired.", headers=("WWW-Authenticate",)
    ),
    "KEY_REVOKED": Code(
        401, "The key was revoked.", "The key mos_live_8f2k… is revoked.", headers=("WWW-Authenticate",)
    ),
    "FORBIDDEN": Code(
        403, "The key lacks the scope that the call needs.", "This call needs a key with the scope 'write'."
    ),
    "NOT_FOUND": Code(
        404,
        "Something that the request names is not in this project.",
        "There is no user 'usr_01KRTWXDG05ZR9S9PHENCPB9M5' in this project.",
    ),
    "GROUP_NOT_FOUND": Code(
        404, "A group that the request names is not in this project.", "There is no group 'acme' in this project."
    ),
    "METHOD_NOT_ALLOWED": Code(405, "The path does not take this method.", 'Method "PUT" not allowed.'),
    "NOT_ACCEPTABLE": Code(
        406,
        "`Accept` leaves out every type in which this can be answered.",
        "Could not satisfy the request Accept header.",
    ),
    "USER_EXISTS": Code(
        409,
        "A user of the project has this `externalId` already: `id` is theirs, unless they are being deleted.",
        "A user with externalId 'user_clerk_abc' exists.",
        members=("id",),
    ),
    "GROUP_EXISTS": Code(
        409,
        "A group of the project has this name already: `id` is its, unless it is being deleted.",
        "A group with the name 'acme' exists.",
        members=("id",),
    ),
    "MESSAGE_EXISTS": Code(
        409,
        "A message of the thread has this `externalId` already, and says something else: `id` is its.",
        "A message with externalId 'wa_118' exists in this thread, with other content.",
        members=("id",),
    ),
    "JOB_NOT_FAILED": Code(
        409,
        "The job has not failed: there is nothing to retry.",
        "The job is done: only one that failed can be retried.",
    ),
    "JOB_ENDED": Code(
        409,
        "The job is done or has failed: there is nothing to cancel.",
        "The job is done: there is nothing to cancel.",
    ),
    "OPERATION_ENDED": Code(
        409,
        "The operation has ended: there is nothing to cancel.",
        "The operation is done: there is nothing to cancel.",
    ),
    "TOO_MANY_WEBHOOKS": Code(
        409, "The project has as many webhooks as it may have.", "A project has at most 20 webhooks."
    ),
    "WEBHOOK_DISABLED": Code(
        409,
        "The webhook is disabled.",
        "Nothing is delivered to a webhook that is disabled: enable it first.",
    ),
    "MEMORY_RETIRED": Code(
        409,
        "The memory is not believed any more, and stays as it was.",
        "This memory is not believed any more, and can't be changed.",
    ),
    "MERGED_TOO_DEEPLY": Code(
        409,
        "An entity that others were merged into, level by level, can't be merged any deeper.",
        "Entities are merged at most 20 levels deep: merge them into one side by side.",
    ),
    "IDEMPOTENCY_MISMATCH": Code(
        409,
        "The `Idempotency-Key` was sent with another request before.",
        "The Idempotency-Key '5e0c8a9e' was sent with another request before.",
    ),
    "IDEMPOTENCY_IN_PROGRESS": Code(
        409,
        "The first request with this `Idempotency-Key` is still running.",
        "The first request with the Idempotency-Key '5e0c8a9e' is still running.",
        headers=("Retry-After",),
    ),
    "PAYLOAD_TOO_LARGE": Code(413, "The body is over the limit.", "The body is larger than 10 MiB."),
    "URI_TOO_LONG": Code(414, "The URL is longer than 8190 bytes.", "The URL is longer than 8190 bytes."),
    "UNSUPPORTED_MEDIA_TYPE": Code(
        415, "The body is not sent as JSON.", "Send the body as 'Content-Type: application/json'."
    ),
    "RATE_LIMITED": Code(
        429,
        "The key or its project has used up its requests for now.",
        "Too many requests: try again in 3 seconds.",
        headers=("Retry-After",),
    ),
    "HEADERS_TOO_LARGE": Code(431, "The headers are too large.", "The headers are too large."),
    "INTERNAL": Code(
        500,
        "A failure of ours. The request id finds it in the logs.",
        "Something went wrong here. The request id finds it in the logs.",
    ),
    "SUMMARY_PENDING": Code(
        503,
        "The summary is still being written: ask again.",
        "The summary is still being written: ask again in 10 seconds.",
        headers=("Retry-After",),
    ),
}
