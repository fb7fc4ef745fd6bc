"""The ground every package stands on: vocabulary, time, identity, the driver. Knows no telephony."""
