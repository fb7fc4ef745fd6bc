"""What the desk says, in English and Chinese."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "zh"]

WORDS: Mapping[str, tuple[str, str]] = {
    # states
    "LOGGED_OUT": ("signed out", "未签入"),
    "NOT_READY": ("not ready", "示忙"),
    "AVAILABLE": ("ready", "空闲"),
    "OFFERED": ("it rings", "振铃"),
    "ON_CALL": ("on a call", "通话中"),
    "WRAP_UP": ("wrap-up", "话后处理"),
    # keys
    "sign_in": ("Sign in", "签入"),
    "take_over": ("Take seat over", "强制签入"),
    "sign_out": ("Sign out", "签出"),
    "ready": ("Ready", "示闲"),
    "not_ready": ("Not ready", "示忙"),
    "ask_leave": ("Ask leave", "申请离席"),
    "take_back_leave": ("Ask leave no more", "撤回离席"),
    "end_wrap_up": ("End wrap-up", "结束话后"),
    "extend_wrap_up": ("More wrap-up", "延长话后"),
    "auto_answer": ("Auto-answer", "自动应答"),
    "answer": ("Answer", "应答"),
    "hold": ("Hold", "保持"),
    "retrieve": ("Retrieve", "取回"),
    "mute": ("Mute", "静音"),
    "unmute": ("Unmute", "取消静音"),
    "hang_up": ("Hang up", "挂机"),
    "transfer": ("Transfer", "转接"),
    "consult": ("Consult", "咨询"),
    "toggle": ("Toggle", "切换"),
    "complete": ("Complete transfer", "完成转接"),
    "cancel": ("Back to customer", "取消咨询"),
    "join": ("Join all three", "三方"),
    "add_party": ("Add to conference", "会议加人"),
    "park": ("Park", "驻留"),
    "pick_up": ("Pick up parked", "取驻留"),
    "send_digits": ("Press keys", "发按键"),
    "dial": ("Dial", "拨号"),
    "message": ("Message", "发消息"),
    "seen": ("Message seen", "消息已阅"),
    "quit": ("Quit", "退出"),
    # questions
    "which_station": ("Station (phone) you sit at", "所在话机"),
    "which_reason": ("Reason", "原因"),
    "how_long": ("Seconds", "秒数"),
    "whom": (
        "Agent's number, queue:name, station:name or number:digits",
        "工号、queue:队列、station:话机或号码",
    ),
    "which_number": ("Number", "号码"),
    "which_keys": ("Keys", "按键"),
    "which_slot": ("Slot", "驻留位"),
    "which_party": ("Station or outside number", "话机或号码"),
    "to_whom": ("To which agents (numbers, with spaces)", "发给哪些工号（空格分隔）"),
    "which_text": ("Text", "内容"),
    # what is shown
    "station": ("phone", "话机"),
    "unreachable": ("no phone is registered there", "话机未注册"),
    "not_ready_after": ("not ready after the call", "通话后示忙"),
    "leave_asked": ("leave is asked for", "已申请离席"),
    "leave_approved": ("leave is approved", "离席已批准"),
    "held_by_supervisor": ("set by a supervisor", "班长设置"),
    "sign_out_after": ("signs out after the call", "通话后签出"),
    "auto": ("answers by itself", "自动应答"),
    "waiting": ("waiting", "排队"),
    "no_call": ("no call", "无通话"),
    "call": ("call", "通话"),
    "on_hold": ("on hold", "已保持"),
    "holds_us": ("the other end holds", "对方保持"),
    "muted": ("you are muted", "已静音"),
    "recorded": ("recorded", "录音中"),
    "consulting": ("consulting", "咨询"),
    "with_customer": ("you talk with the customer", "正与客户通话"),
    "with_consulted": ("you talk with them, the customer waits", "正与对方通话，客户等待"),
    "transferring": ("passed on to", "转接至"),
    "caller_number": ("number", "主叫"),
    "caller_name": ("name", "姓名"),
    "area": ("area", "归属地"),
    "called_number": ("dialled", "被叫"),
    "business_type": ("business", "业务类型"),
    "language": ("language", "语言"),
    "queue": ("queue", "队列"),
    "waited": ("waited", "等待"),
    "flow_path": ("came through", "流程轨迹"),
    "flow_keys": ("keys", "按键"),
    "lists": ("lists", "名单"),
    "tags": ("tags", "标签"),
    "repeats": ("called before", "近期来电"),
    "last_agent": ("talked last with", "上次坐席"),
    "figures": ("this shift", "本班"),
    "signed_in_for": ("signed in", "签入"),
    "calls_taken": ("calls", "通话数"),
    "talk": ("talk", "通话"),
    "average": ("average", "平均"),
    "busy": ("not ready", "示忙"),
    "rest": ("rest", "小休"),
    "missed": ("missed", "未接"),
    "messages": ("messages", "消息"),
    "connecting": ("{agent}: asking the switch …", "{agent}：正在连接交换机…"),
    "unknown_agent": ("there is no agent {agent} here for you", "没有工号 {agent}，或无权查看"),
    "again": ("{error}; trying again", "{error}；正在重连"),
    "warned": ("longer than {limit}: {what}", "超过 {limit}：{what}"),
    "not_now": ("not possible now", "当前不可用"),
    "talk_s": ("talk", "通话"),
    "wrap_up_s": ("wrap-up", "话后处理"),
    "not_ready_s": ("not ready", "示忙"),
    "busy_s": ("not ready in all", "累计示忙"),
    "rest_s": ("rest in all", "累计小休"),
    "done": ("done", "完成"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """One of the languages."""

    language: Language

    def __call__(self, key: str, **given: object) -> str:
        """The words for ``key``; what has none, as a state of a later version, is said as it is."""
        both = WORDS.get(key, (key, key))
        text = both[self.language == "zh"]
        return text.format(**given) if given else text


def language_of(locale: str) -> Language:
    """Of a locale such as ``zh_CN.UTF-8``."""
    return "zh" if locale.lower().startswith("zh") else "en"
