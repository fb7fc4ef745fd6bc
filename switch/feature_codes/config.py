"""Section ``[feature_codes]``."""

from pydantic import Field

from runtime.models import Section


class FeatureCodesConfig(Section):
    """Section ``[feature_codes]``: what agents do from the keys of their phones."""

    language: str = Field(
        default="zh",
        min_length=1,
        max_length=32,
        pattern=r"^[^/\\.]+$",
        description="Folder whose prompts feature_codes/… are heard.",
    )
    keys_s: float = Field(
        default=15, ge=1, le=120, description="Seconds without a key after which the call is ended."
    )
    tries: int = Field(
        default=3, ge=1, le=10, description="How often the number and the PIN may be wrong in one call."
    )
