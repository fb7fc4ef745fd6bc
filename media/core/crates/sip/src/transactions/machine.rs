//! The four transaction machines as tables (RFC 3261 §17 with the corrections of RFC 6026).
//!
//! Two rules hold for every table. A pair of state and input that is not listed does nothing: the input is absorbed. A
//! timer runs exactly in the states that list it as an input: it is started on entering the first of them, goes on
//! when the next state lists it too, and is stopped on leaving.

use self::Action::{Acknowledge, AcknowledgeAndPassUp, Fail, Nothing, PassUp, Repeat, Send, TimeOut};
use self::Input::{Ack, Due, Failure, Provisional, Request, Success, TransportError};
use self::State::{Accepted, Calling, Completed, Confirmed, Proceeding, Terminated, Trying};
use self::Timer::{A, B, D, E, F, G, H, I, J, K, L, M};

/// Where a transaction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    Calling,
    Trying,
    Proceeding,
    Accepted,
    Completed,
    Confirmed,
    Terminated,
}

/// By their letters. C belongs to the user agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Timer {
    /// Repeats an INVITE.
    A,
    /// Gives an INVITE up.
    B,
    /// Keeps answering repeated failures of an INVITE with ACK.
    D,
    /// Repeats another request.
    E,
    /// Gives another request up.
    F,
    /// Repeats a failure answer to an INVITE.
    G,
    /// Gives the ACK of a failure answer up.
    H,
    /// Absorbs repeated ACKs.
    I,
    /// Keeps the answer to another request for its repetitions.
    J,
    /// Absorbs repeated answers to another request.
    K,
    /// Absorbs repetitions of an INVITE that was accepted.
    L,
    /// Lets further 2xx of a forked INVITE through.
    M,
}

/// They wait for repetitions only: zero where nothing is repeated.
const IDLE: [Timer; 4] = [D, I, J, K];

impl Timer {
    /// Whether it runs again after it fired, at a growing interval.
    pub fn repeats(self) -> bool {
        matches!(self, A | E | G)
    }
}

/// What can happen to a transaction. Answers come from the network to a client and from the user to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    Provisional,
    Success,
    Failure,
    /// It came again.
    Request,
    Ack,
    TransportError,
    Due(Timer),
}

impl Input {
    pub fn of_status(status: u16) -> Self {
        match status {
            ..200 => Provisional,
            200..300 => Success,
            _ => Failure,
        }
    }
}

/// What a transaction does on the way to its next state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Nothing,
    /// Put the user's answer on the wire.
    Send,
    /// Put the last message on the wire again.
    Repeat,
    /// Give the message to the user.
    PassUp,
    /// Send the ACK that belongs to a failed INVITE (RFC 3261 §17.1.1.3).
    Acknowledge,
    AcknowledgeAndPassUp,
    /// Tell the user that no final answer came.
    TimeOut,
    /// Tell the user that the message could not be sent.
    Fail,
}

type Move = (State, Action);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    ClientInvite,
    ClientOther,
    ServerInvite,
    ServerOther,
}

/// One of the four, as it works over a transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Machine {
    pub kind: Kind,
    /// Where nothing is lost: no repetition (A, E, G), and no wait for one (RFC 3261 §17).
    pub over_stream: bool,
}

impl Machine {
    pub fn initial(self) -> State {
        match self.kind {
            Kind::ClientInvite => Calling,
            Kind::ClientOther | Kind::ServerOther => Trying,
            Kind::ServerInvite => Proceeding,
        }
    }

    /// What an input leads to; None when it is absorbed.
    pub fn step(self, state: State, input: Input) -> Option<Move> {
        let (next, action) = self.kind.listed(state, input)?;
        if !self.over_stream {
            return Some((next, action));
        }
        let repeats = matches!(input, Due(timer) if timer.repeats());
        let is_idle = IDLE.iter().any(|timer| self.kind.listed(next, Due(*timer)).is_some());
        (!repeats).then_some((if is_idle { Terminated } else { next }, action))
    }

    pub fn runs(self, state: State, timer: Timer) -> bool {
        self.step(state, Due(timer)).is_some()
    }

    /// The timers that run in a state, and did not in the one `before`.
    pub fn started(self, before: Option<State>, state: State) -> impl Iterator<Item = Timer> {
        let ran = move |timer| before.is_some_and(|before| self.runs(before, timer));
        self.kind.timers().iter().copied().filter(move |&timer| self.runs(state, timer) && !ran(timer))
    }
}

impl Kind {
    /// Those that it has.
    fn timers(self) -> &'static [Timer] {
        match self {
            Self::ClientInvite => &[A, B, D, M],
            Self::ClientOther => &[E, F, K],
            Self::ServerInvite => &[G, H, I, L],
            Self::ServerOther => &[J],
        }
    }

    fn listed(self, state: State, input: Input) -> Option<Move> {
        match self {
            Self::ClientInvite => client_invite(state, input),
            Self::ClientOther => client_other(state, input),
            Self::ServerInvite => server_invite(state, input),
            Self::ServerOther => server_other(state, input),
        }
    }
}

/// RFC 3261 figure 5 with RFC 6026 §8.4. A failed ACK needs no report: the user has the final answer.
fn client_invite(state: State, input: Input) -> Option<Move> {
    Some(match (state, input) {
        (Calling, Due(A)) => (Calling, Repeat),
        (Calling, Due(B)) => (Terminated, TimeOut),
        (Calling, TransportError) => (Terminated, Fail),
        (Calling | Proceeding, Provisional) => (Proceeding, PassUp),
        (Calling | Proceeding | Accepted, Success) => (Accepted, PassUp),
        (Calling | Proceeding, Failure) => (Completed, AcknowledgeAndPassUp),
        (Accepted, Due(M)) | (Completed, Due(D) | TransportError) => (Terminated, Nothing),
        (Completed, Failure) => (Completed, Acknowledge),
        _ => return None,
    })
}

/// RFC 3261 figure 6.
fn client_other(state: State, input: Input) -> Option<Move> {
    Some(match (state, input) {
        (Trying | Proceeding, Due(E)) => (state, Repeat),
        (Trying | Proceeding, Due(F)) => (Terminated, TimeOut),
        (Trying | Proceeding, TransportError) => (Terminated, Fail),
        (Trying | Proceeding, Provisional) => (Proceeding, PassUp),
        (Trying | Proceeding, Success | Failure) => (Completed, PassUp),
        (Completed, Due(K)) => (Terminated, Nothing),
        _ => return None,
    })
}

/// RFC 3261 figure 7 with RFC 6026 §8.7: 2xx are repeated by the user agent, not here. An answer that could not be
/// sent ends nothing: the peer asks again, or the timers run out.
fn server_invite(state: State, input: Input) -> Option<Move> {
    Some(match (state, input) {
        (Proceeding, Request) => (Proceeding, Repeat),
        (Proceeding, Provisional) => (Proceeding, Send),
        (Proceeding, Success) => (Accepted, Send),
        (Proceeding, Failure) => (Completed, Send),
        (Accepted, Ack) => (Accepted, PassUp),
        (Completed, Request | Due(G)) => (Completed, Repeat),
        (Completed, Ack) => (Confirmed, Nothing),
        (Accepted, Due(L)) | (Completed, Due(H)) | (Confirmed, Due(I)) => (Terminated, Nothing),
        _ => return None,
    })
}

/// RFC 3261 figure 8.
fn server_other(state: State, input: Input) -> Option<Move> {
    Some(match (state, input) {
        (Trying | Proceeding, Provisional) => (Proceeding, Send),
        (Trying | Proceeding, Success | Failure) => (Completed, Send),
        (Proceeding | Completed, Request) => (state, Repeat),
        (Completed, Due(J)) => (Terminated, Nothing),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMERS: [Timer; 12] = [A, B, D, E, F, G, H, I, J, K, L, M];
    const STATES: [State; 7] = [Calling, Trying, Proceeding, Accepted, Completed, Confirmed, Terminated];
    const KINDS: [Kind; 4] = [Kind::ClientInvite, Kind::ClientOther, Kind::ServerInvite, Kind::ServerOther];

    fn machines() -> impl Iterator<Item = Machine> {
        KINDS.into_iter().flat_map(|kind| [false, true].map(|over_stream| Machine { kind, over_stream }))
    }

    fn inputs() -> impl Iterator<Item = Input> {
        let messages = [Provisional, Success, Failure, Request, Ack, TransportError];
        messages.into_iter().chain(TIMERS.map(Due))
    }

    fn moves(machine: Machine) -> Vec<(State, Input, Move)> {
        let listed =
            |state| inputs().filter_map(move |input| Some((state, input, machine.step(state, input)?)));
        STATES.into_iter().flat_map(listed).collect()
    }

    /// The states that are reached from the initial one.
    fn reached(machine: Machine) -> Vec<State> {
        let mut reached = vec![machine.initial()];
        let mut at = 0;
        while let Some(&state) = reached.get(at) {
            for next in inputs().filter_map(|input| Some(machine.step(state, input)?.0)) {
                if !reached.contains(&next) {
                    reached.push(next);
                }
            }
            at += 1;
        }
        reached
    }

    /// The timers that run in a state that is reached.
    fn timers(machine: Machine) -> Vec<Timer> {
        let states = reached(machine);
        let runs = |timer: &Timer| states.iter().any(|&state| machine.runs(state, *timer));
        TIMERS.into_iter().filter(runs).collect()
    }

    #[test]
    fn an_invite_of_ours_does_what_figure_5_says() {
        let listed = [
            (Calling, Provisional, (Proceeding, PassUp)),
            (Calling, Success, (Accepted, PassUp)),
            (Calling, Failure, (Completed, AcknowledgeAndPassUp)),
            (Calling, TransportError, (Terminated, Fail)),
            (Calling, Due(A), (Calling, Repeat)),
            (Calling, Due(B), (Terminated, TimeOut)),
            (Proceeding, Provisional, (Proceeding, PassUp)),
            (Proceeding, Success, (Accepted, PassUp)),
            (Proceeding, Failure, (Completed, AcknowledgeAndPassUp)),
            (Accepted, Success, (Accepted, PassUp)),
            (Accepted, Due(M), (Terminated, Nothing)),
            (Completed, Failure, (Completed, Acknowledge)),
            (Completed, TransportError, (Terminated, Nothing)),
            (Completed, Due(D), (Terminated, Nothing)),
        ];
        assert_eq!(moves(Machine { kind: Kind::ClientInvite, over_stream: false }), listed);
    }

    #[test]
    fn another_request_of_ours_does_what_figure_6_says() {
        let listed = [
            (Trying, Provisional, (Proceeding, PassUp)),
            (Trying, Success, (Completed, PassUp)),
            (Trying, Failure, (Completed, PassUp)),
            (Trying, TransportError, (Terminated, Fail)),
            (Trying, Due(E), (Trying, Repeat)),
            (Trying, Due(F), (Terminated, TimeOut)),
            (Proceeding, Provisional, (Proceeding, PassUp)),
            (Proceeding, Success, (Completed, PassUp)),
            (Proceeding, Failure, (Completed, PassUp)),
            (Proceeding, TransportError, (Terminated, Fail)),
            (Proceeding, Due(E), (Proceeding, Repeat)),
            (Proceeding, Due(F), (Terminated, TimeOut)),
            (Completed, Due(K), (Terminated, Nothing)),
        ];
        assert_eq!(moves(Machine { kind: Kind::ClientOther, over_stream: false }), listed);
    }

    #[test]
    fn an_invite_that_is_served_does_what_figure_7_says() {
        let listed = [
            (Proceeding, Provisional, (Proceeding, Send)),
            (Proceeding, Success, (Accepted, Send)),
            (Proceeding, Failure, (Completed, Send)),
            (Proceeding, Request, (Proceeding, Repeat)),
            (Accepted, Ack, (Accepted, PassUp)),
            (Accepted, Due(L), (Terminated, Nothing)),
            (Completed, Request, (Completed, Repeat)),
            (Completed, Ack, (Confirmed, Nothing)),
            (Completed, Due(G), (Completed, Repeat)),
            (Completed, Due(H), (Terminated, Nothing)),
            (Confirmed, Due(I), (Terminated, Nothing)),
        ];
        assert_eq!(moves(Machine { kind: Kind::ServerInvite, over_stream: false }), listed);
    }

    #[test]
    fn another_request_that_is_served_does_what_figure_8_says() {
        let listed = [
            (Trying, Provisional, (Proceeding, Send)),
            (Trying, Success, (Completed, Send)),
            (Trying, Failure, (Completed, Send)),
            (Proceeding, Provisional, (Proceeding, Send)),
            (Proceeding, Success, (Completed, Send)),
            (Proceeding, Failure, (Completed, Send)),
            (Proceeding, Request, (Proceeding, Repeat)),
            (Completed, Request, (Completed, Repeat)),
            (Completed, Due(J), (Terminated, Nothing)),
        ];
        assert_eq!(moves(Machine { kind: Kind::ServerOther, over_stream: false }), listed);
    }

    #[test]
    fn only_terminated_is_final_and_every_state_that_is_reached_leads_to_it() {
        for machine in machines() {
            for state in reached(machine) {
                let from =
                    |next| moves(machine).into_iter().any(|(at, _, (to, _))| at == state && to == next);
                assert_eq!(state == Terminated, !STATES.into_iter().any(from), "{machine:?} {state:?}");
            }
            assert!(reached(machine).contains(&Terminated), "{machine:?}");
        }
    }

    #[test]
    fn a_repeating_timer_never_changes_the_state_and_a_single_timer_always_does() {
        for (state, input, (next, _)) in machines().flat_map(moves) {
            if let Due(timer) = input {
                assert_eq!(state == next, timer.repeats(), "{state:?} {timer:?}");
            }
        }
    }

    #[test]
    fn a_state_that_repeats_also_has_a_timer_that_ends_it() {
        for machine in machines() {
            for state in STATES {
                let runs = |repeats| {
                    TIMERS.iter().any(|timer| timer.repeats() == repeats && machine.runs(state, *timer))
                };
                assert!(!runs(true) || runs(false), "{machine:?} {state:?}");
            }
        }
    }

    #[test]
    fn each_timer_belongs_to_the_one_machine_that_lists_it() {
        let of = |kind| timers(Machine { kind, over_stream: false });
        assert_eq!(KINDS.map(of), [vec![A, B, D, M], vec![E, F, K], vec![G, H, I, L], vec![J]]);
        assert_eq!(KINDS.map(of), KINDS.map(|kind| kind.timers().to_vec()));
    }

    #[test]
    fn over_a_stream_nothing_is_repeated_and_nothing_waits_for_repetitions() {
        let of = |kind| timers(Machine { kind, over_stream: true });
        assert_eq!(KINDS.map(of), [vec![B, M], vec![F], vec![H, L], vec![]]);
    }

    #[test]
    fn a_timer_goes_on_where_the_next_state_lists_it_too() {
        let other = Machine { kind: Kind::ClientOther, over_stream: false };
        let started = |before, state| other.started(before, state).collect::<Vec<_>>();
        assert_eq!(started(None, Trying), [E, F]);
        assert_eq!(started(Some(Trying), Proceeding), []);
        assert_eq!(started(Some(Proceeding), Completed), [K]);
    }

    #[test]
    fn a_status_is_the_input_of_its_class() {
        let inputs = [100, 199, 200, 299, 300, 699].map(Input::of_status);
        assert_eq!(inputs, [Provisional, Provisional, Success, Success, Failure, Failure]);
    }
}
