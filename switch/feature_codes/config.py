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
    return_after_s: float = Field(
        default=120,
        gt=0,
        le=86400,
        description="After how long a call that was parked by a code goes back to the phone that parked it.",
    )
    tell_slot_s: float = Field(
        default=15,
        ge=0,
        le=120,
        description="How long a phone is rung that is to be told the slot, as it parked by a blind transfer; "
        "0: it is not told.",
    )
