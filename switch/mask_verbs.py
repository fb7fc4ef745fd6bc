"""Verbs that collect keys of a customer, such as a card number, so that only who asked gets them."""

from collections.abc import Callable

from pydantic import Field

from runtime.errors import UsageError
from runtime.ids import Ids
from runtime.models import Answer, Params
from runtime.tenancy import id_kind
from runtime.vocabulary import Command
from switch.application import Verb
from switch.call import Leg, Mask
from switch.commands import MaskDigits, UnmaskDigits
from switch.exchange import Exchange
from switch.roles import INTEGRATORS
from switch.verbs import CallParams


class MaskParams(CallParams):
    """Whose keys to hide, and for how long at most."""

    max_s: float = Field(
        default=120.0,
        ge=1,
        le=3600,
        description="seconds after which a mask that was forgotten ends by itself",
    )


class MaskIdParams(Params):
    """Names one mask."""

    mask_id: str = Field(min_length=1, description="the mask, as call.mask_digits answered")


class MaskView(Answer):
    """A mask that was put on."""

    mask_id: str
    call_id: str
    leg_id: str


class MaskedDigits(Answer):
    """The keys pressed behind a mask."""

    mask_id: str
    call_id: str
    digits: str


class MaskVerbs:
    """``call.mask_digits``, ``call.masked_digits``, ``call.unmask_digits``."""

    def __init__(self, exchange: Exchange, ids: Ids, submit: Callable[[Command], None]) -> None:
        self._exchange = exchange
        self._ids = ids
        self._submit = submit

    def verbs(self) -> tuple[Verb, ...]:
        return (
            Verb(
                "call.mask_digits",
                MaskParams,
                self._mask,
                "Hide a customer's keys and voice from all others.",
                who=INTEGRATORS,
            ),
            Verb(
                "call.masked_digits",
                MaskIdParams,
                self._tell,
                "The keys pressed behind a mask so far.",
                who=INTEGRATORS,
            ),
            Verb(
                "call.unmask_digits",
                MaskIdParams,
                self._unmask,
                "End a mask and take its keys.",
                who=INTEGRATORS,
            ),
        )

    def _mask(self, params: MaskParams) -> MaskView:
        call = self._exchange.find(params.call_id)
        leg = call.customers_leg if call is not None else None
        if call is None or leg is None or not leg.answered:
            raise UsageError(
                f"no call {params.call_id} is up and answered; call.list names those that are up",
                reason="not_answered" if call is not None else "no_such_call",
            )
        if leg.mask is not None:
            raise UsageError(f"call {params.call_id} is masked already", reason="already_masked")
        mask_id = self._ids.new(id_kind("mask", call.tenant))
        self._submit(MaskDigits(call_id=call.call_id, mask_id=mask_id, max_s=params.max_s))
        return {"mask_id": mask_id, "call_id": call.call_id, "leg_id": leg.leg_id}

    def _tell(self, params: MaskIdParams) -> MaskedDigits:
        return _view(*self._find(params.mask_id))

    def _unmask(self, params: MaskIdParams) -> MaskedDigits:
        leg, mask = self._find(params.mask_id)
        view = _view(leg, mask)
        self._submit(UnmaskDigits(leg_id=leg.leg_id))
        return view

    def _find(self, mask_id: str) -> tuple[Leg, Mask]:
        """By the mask alone: the customer may have been passed on to another call."""
        for call in self._exchange.calls():
            for leg in call.talking or (call.customer,):
                if leg.mask is not None and leg.mask.mask_id == mask_id:
                    return leg, leg.mask
        raise UsageError(
            "there is no such mask: it ended, or its time was over; its keys are gone", reason="no_such_mask"
        )


def _view(leg: Leg, mask: Mask) -> MaskedDigits:
    return {"mask_id": mask.mask_id, "call_id": leg.call_id, "digits": mask.digits}
