"""The OpenAPI schema: what it says beyond what the serializers say.

`forms` describes bodies and answers, `calls` an operation with its parameters, headers and problems, `words.yaml` what
a field means wherever it stands, `examples.yaml` what is sent and answered. All of it is read off the routes and the
serializers, so that a new route has these parts by itself, or fails `tests/policy/test_openapi.py`, which says what
it lacks.
"""
