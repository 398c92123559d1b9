from drf_spectacular.openapi import AutoSchema


class MemosSchema(AutoSchema):
    pass
