/*
The protocol of panorama-guard as a small model, for spin. docs/protocol.md says it in words, with its bounds and limits.

Each step of the guard is named like the function of the code that it stands for, and the line `CODE file function` says
where that is (below layers/guard/panorama_guard/); a test holds that it exists. Between any two steps anybody else may
go on: the attacker, another worker, the operator. A step that speaks to AWS is one call, and a worker may be killed
before it (`OR_KILLED`); its message is then delivered again.

What may happen, and how often, are the bounds in ALL CAPITALS below; tests/evidence/protocol.py sets them by -D. Each
`WITHOUT_...` takes one safeguard away: spin must then find that an assertion fails.
*/

/* ---------------------------------------------------------------------------------------------------------- bounds */

#ifndef SUBJECTS
#define SUBJECTS 1
#endif
#ifndef INSPECTORS
#define INSPECTORS 1
#endif
#ifndef REMEDIATORS
#define REMEDIATORS 1
#endif
#ifndef MOVES       /* changes by the attacker: the escape put or taken away, our Deny or boundary deleted, anything else */
#define MOVES 3
#endif
#ifndef OTHER_CHANGES /* whether he also makes changes that do not matter, to change the fingerprint */
#define OTHER_CHANGES 0
#endif
#ifndef DELETIONS   /* whether he may also delete the role */
#define DELETIONS 0
#endif
#ifndef CRASHES     /* workers killed, each before any of its steps */
#define CRASHES 0
#endif
#ifndef LOST_EVENTS
#define LOST_EVENTS 0
#endif
#ifndef LOST_ORDERS /* orders that go to the dead letters when a worker is killed */
#define LOST_ORDERS 0
#endif
#ifndef LOST_IMAGES /* records of the ledger's stream that go to the dead letters */
#define LOST_IMAGES 0
#endif
#ifndef VAIN_WRITES /* writes that IAM takes and that never show */
#define VAIN_WRITES 0
#endif
#ifndef REFUSED_PLANS /* plans that cannot be proved, or steps that AWS refuses on every rung */
#define REFUSED_PLANS 0
#endif
#ifndef SWEEPS      /* sweeps while all this goes on, beside those after it */
#define SWEEPS 0
#endif
#ifndef PAUSES
#define PAUSES 0
#endif
#ifndef UNDOS
#define UNDOS 0
#endif
#ifndef WAIVERS
#define WAIVERS 0
#endif
#ifndef ARCHIVES    /* incidents that are put away, once they are over and what they led to has come */
#define ARCHIVES 0
#endif
#ifndef LIMIT       /* BreakerLimit.reopenings */
#define LIMIT 2
#endif
#ifndef MAX_FAILED  /* MAX_FAILED_ATTEMPTS */
#define MAX_FAILED 2
#endif
#ifndef TRIES       /* plans made anew because the role changed under them */
#define TRIES 1
#endif
#ifndef RECHECKS    /* looks after an outcome: the last of them is the late one */
#define RECHECKS 2
#endif

/* ----------------------------------------------------------------------------------------------------------- the world */

/* What a role is: its fingerprint is all of it. A slot of one kind and source stands for all. */
#define ESCAPE   1   /* the policy that escapes is there */
#define DENY     2   /* our containment Deny, the first rung */
#define BOUNDARY 4   /* our boundary, the strongest rung */
#define OTHER    8   /* something that does not matter, but changes the fingerprint */
#define GONE    16   /* deleted */
#define NO_FINGERPRINT 255

#define escapes(content) (((content) & ESCAPE) && !((content) & (DENY | BOUNDARY | GONE)))

mtype = { NOTHING, DETECTED, REOPENED, CONTAINED, NOT_FIXED, OBSERVED, RESOLVED };  /* State, and that there is none yet */
mtype = { CLOSED, STRONGEST, OPEN };                                                  /* Breaker */
mtype = { REMEDIATE, LIFT };                                                          /* Order */

#define is_pending(st) ((st) == DETECTED || (st) == REOPENED)

byte role[SUBJECTS];

/* The ledger: the current incident of the slot, backup, undo, waiver, pause. */
mtype state[SUBJECTS] = NOTHING;
byte ticket[SUBJECTS];          /* id and attempt in one: counts the orders that went out */
byte failures[SUBJECTS];
byte seen[SUBJECTS];            /* fingerprint */
byte reopenings[SUBJECTS];
mtype breaker[SUBJECTS] = CLOSED;
bit carried_out[SUBJECTS];      /* of the remedy */
byte reads[SUBJECTS];           /* who has read the record as it is: whose conditional write will be taken */
byte backup_ticket[SUBJECTS], backup_step[SUBJECTS];
byte undo_ticket[SUBJECTS];     /* of the attempt that an undo is of; 0 for none */
bit waived[SUBJECTS];
mtype history[SUBJECTS] = NOTHING;  /* the last incident that was put away: as it was */
bit paused;

/* The queues. An event or a request only names the subject, so what waits is a number. */
byte changes[SUBJECTS];         /* events, sweeps and operators' looks */
byte rechecks[SUBJECTS];        /* looks after an outcome that are on their way */
bit asking[SUBJECTS];           /* whoever asked for them still runs: the last comes after his time is over (2 min, 60 s) */
bit after_pause[SUBJECTS];      /* a look that is due when the pause ends */
chan orders0 = [3] of { mtype, byte };
#if SUBJECTS > 1
chan orders1 = [3] of { mtype, byte };
#endif
bit held[SUBJECTS];             /* a message of the subject's group is in flight */
byte sent[SUBJECTS];            /* deduplication id of the order that was taken last */
byte untold[SUBJECTS];          /* images of the stream that are to be told */
bit missed[SUBJECTS];           /* the last of them went to the dead letters */

/* What is left of the bounds, and how far the whole is. */
byte moves = MOVES, crashes = CRASHES, lost_events = LOST_EVENTS, lost_orders = LOST_ORDERS;
byte lost_images = LOST_IMAGES, vain_writes = VAIN_WRITES, refused_plans = REFUSED_PLANS, sweeps = SWEEPS;
byte archives = ARCHIVES;
byte busy;                      /* inspectors and operators at work */
bit attacker_done;
bit late;                       /* much time has passed: patience, deduplication and the lag of reads are over */
bit window_over;                /* of the breaker */
bit over;

/* Ghosts: what only the assertions look at. */
bit cause[SUBJECTS];            /* an escape came about for which no incident was opened yet */
bit was_clean[SUBJECTS];        /* the role was clean at some time since the order was taken */
byte promised[SUBJECTS];        /* looks that the guard owes after an outcome */
bit unseen[SUBJECTS];           /* a change whose event was lost, with no look to come */
bit dead[SUBJECTS];             /* an order is among the dead letters: an alarm stands */
byte writers[SUBJECTS];
bit silent[SUBJECTS];           /* a state that nobody was told of */
bit look_at_expiry[SUBJECTS];   /* a look that is due when the waiver ends */
bit undo_open[SUBJECTS];        /* the operator was answered that it is being lifted */
bit vanished[SUBJECTS];         /* an incident that is neither current nor in the history */
#ifdef COUNT_ACTS
byte acts[SUBJECTS];
#endif

#define send_look(who) changes[who] = changes[who] + (changes[who] < INSPECTORS)    /* as many as can be looked at at once */
#define ask_late_look(who) rechecks[who] = rechecks[who] + (rechecks[who] == 0)
#define OR_KILLED if :: crashes > 0 -> crashes--; goto killed :: true fi

inline set_role(who, content) {
    if :: !escapes(role[who]) && escapes(content) -> cause[who] = 1 :: else -> skip fi;
    role[who] = content;
    if :: !escapes(content) -> was_clean[who] = 1 :: else -> skip fi
}

/* ------------------------------------------------------------------------------------------------------ the attacker */

#define he_changes(content) set_role(s, content); moves--; \
    if \
    :: send_look(s); unseen[s] = 0 \
    :: lost_events > 0 -> lost_events--; if :: promised[s] > 0 || is_pending(state[s]) :: else -> unseen[s] = 1 fi \
    fi

proctype Attacker() {
    byte s;
    do
    :: atomic { moves > 0 ->
        if :: s = 0 :: SUBJECTS > 1 -> s = SUBJECTS - 1 fi;
        if
        :: !(role[s] & (ESCAPE | GONE)) -> he_changes(role[s] | ESCAPE)
        :: (role[s] & ESCAPE) && !(role[s] & GONE) -> he_changes(role[s] & ~ESCAPE)
        :: (role[s] & DENY) && !(role[s] & GONE) -> he_changes(role[s] & ~DENY)
        :: (role[s] & BOUNDARY) && !(role[s] & GONE) -> he_changes(role[s] & ~BOUNDARY)
        :: OTHER_CHANGES && !(role[s] & GONE) -> he_changes(role[s] ^ OTHER)
        :: DELETIONS && !(role[s] & GONE) -> he_changes(GONE)
        :: else -> moves--
        fi;
        s = 0 }
    :: attacker_done = 1; break
    od
}

/* ---------------------------------------------------------------------------------------------- what workers share */

/* CODE aws/ledger.py put_incident: only on the record as it was read (`reads`). Every state but a pending one is told. */
inline put_incident(new) {
    state[s] = new;
    reads[s] = me;
#ifdef TELLING
    if
    :: is_pending(new)
    :: else -> missed[s] = 0; untold[s] = untold[s] + (untold[s] < 3)
    fi
#endif
}

#ifdef WITHOUT_CONDITION
#define is_as_read true
#else
#define is_as_read (reads[s] & me)
#endif

/* CODE aws/queues.py remediate: the queue drops an order that it took within the last minutes. */
#ifdef WITHOUT_ATTEMPTS
#define deduplication_id (seen[s] + 1)      /* as if it were the fingerprint */
#else
#define deduplication_id ticket[s]
#endif

inline put_order(queue, what, due) {
    if
    :: queue??[what,eval(due)] -> skip
    :: !(queue??[what,eval(due)]) -> queue!what,due
    fi
}

inline order_remediation() {
    if
    :: sent[s] == deduplication_id && !late
    :: else ->
        sent[s] = deduplication_id;
        if
        :: s == 0 -> put_order(orders0, REMEDIATE, ticket[s])
#if SUBJECTS > 1
        :: s == 1 -> put_order(orders1, REMEDIATE, ticket[s])
#endif
        fi
    fi
}

/* CODE aws/queues.py lift */
inline order_lift(undone) {
    if
    :: s == 0 -> put_order(orders0, LIFT, undone)
#if SUBJECTS > 1
    :: s == 1 -> put_order(orders1, LIFT, undone)
#endif
    fi
}

/* CODE service/later.py look_again_after: a message that is delayed until the pause ends. */
inline look_again_after() {
#ifndef WITHOUT_LOOK_AFTER_PAUSE
    if :: paused -> after_pause[s] = 1 :: else -> send_look(s) fi
#else
    skip
#endif
}

/* CODE service/later.py look_after_pause: and another, when the time of whoever was put off is surely over. */
inline look_after_pause() {
    look_again_after();
#ifndef WITHOUT_SECOND_LOOK_AFTER_PAUSE
    asking[s] = 1;
    if :: paused -> skip :: else -> ask_late_look(s) fi
#endif
}

/* CODE service/sightings.py trip_of: the breaker's count within the window. */
#ifdef WITHOUT_BREAKER
#define tripped false
#else
#ifdef WITHOUT_COUNT_OF_ITS_OWN
#define tripped (!window_over && reopenings[0] + reopenings[SUBJECTS - 1] >= LIMIT)
#else
#ifdef WITHOUT_HALF_OPEN
#define tripped (reopenings[s] >= LIMIT)
#else
#define tripped (!window_over && reopenings[s] >= LIMIT)
#endif
#endif
#endif

/* ----------------------------------------------------------------------------------------------------------- inspect */

#ifdef WITHOUT_CONDITION
#define found was               /* what was read, however long ago */
#else
#define found state[s]
#endif

/* CODE case/lifecycle.py _sent_on: an order is due, with a number of its own. */
inline sent_on(pending) {
    ticket[s]++;
    put_incident(pending)
}

/* CODE case/lifecycle.py _seen_again */
inline seen_again() {
    seen[s] = snap;
    carried_out[s] = 0
}

/* CODE case/lifecycle.py _reopened: the strongest rung once the breaker has tripped, then nothing for a while. */
inline reopened(pending) {
    if
    :: !trip -> breaker[s] = CLOSED; sent_on(pending)
    :: trip && breaker[s] == CLOSED -> breaker[s] = STRONGEST; sent_on(pending)
    :: trip && breaker[s] != CLOSED -> breaker[s] = OPEN; put_incident(NOT_FIXED)
    fi
}

/* CODE case/lifecycle.py _come_back */
inline come_back() {
    if :: reopenings[s] < LIMIT -> reopenings[s]++ :: else -> skip fi;
    seen_again()
}

/* CODE case/lifecycle.py _opened, CODE case/lifecycle.py _opened_again: one that follows another on the same cause comes back, as far as the breaker goes. */
inline opened() {
    assert(cause[s]); /* one cause opens one incident */
    cause[s] = 0;
    failures[s] = 0;
    if
#ifndef WITHOUT_COUNT_OVER_INCIDENTS
    :: found == RESOLVED && ticket[s] -> come_back(); reopened(DETECTED)
    :: found != RESOLVED || !ticket[s] ->
#else
    :: true ->
        reopenings[s] = 0;
#endif
        seen_again();
        if :: trip -> breaker[s] = STRONGEST :: else -> breaker[s] = CLOSED fi;
        sent_on(DETECTED)
    fi
}

/* CODE case/lifecycle.py _still_pending: the order may have been lost. */
inline still_pending() {
    if
    :: late -> seen[s] = NO_FINGERPRINT; failures[s]++; put_incident(NOT_FIXED)
    :: else -> skip
    fi
}

/* CODE case/lifecycle.py _may_act_now */
#ifdef WITHOUT_RETRY
#define was_taken_back false
#else
/* CODE case/lifecycle.py _was_taken_back: what was carried out shows no more, long after IAM has spread it. */
#define was_taken_back (found == NOT_FIXED && carried_out[s] && is_late)
#endif
#define may_act_now \
    (found == OBSERVED || (breaker[s] == OPEN && !trip) \
    || (breaker[s] != OPEN && (seen[s] != snap || was_taken_back) && failures[s] < MAX_FAILED))

/* CODE case/lifecycle.py open_or_update */
inline open_or_update() {
    trip = tripped;
    assert(!trip || reopenings[s] >= LIMIT); /* the breaker counts no other subject */
    if
    :: found == NOTHING || found == RESOLVED -> opened()
    :: found == CONTAINED -> come_back(); reopened(REOPENED)
    :: is_pending(found) -> still_pending()
    :: found == NOT_FIXED || found == OBSERVED ->
        if
        :: may_act_now ->
            seen_again();
#ifndef WITHOUT_STRONGEST_KEPT
            if :: trip -> breaker[s] = STRONGEST :: else -> breaker[s] = CLOSED fi;
#else
            breaker[s] = CLOSED;
#endif
            sent_on(REOPENED)
        :: else -> skip     /* _updated: nothing new is told */
        fi
    fi;
    trip = 0
}

/* CODE case/ending.py settle: a change of the guard's that shows late is contained. */
inline settle() {
    if
    :: found == NOT_FIXED && carried_out[s] && (snap & backup_step[s]) ->
        assert(was_clean[s]); /* contained is never said of a role that was not clean since */
        failures[s] = 0; put_incident(CONTAINED)
    :: (found == NOT_FIXED && !(carried_out[s] && (snap & backup_step[s]))) || found == OBSERVED ->
        failures[s] = 0; put_incident(RESOLVED)
    :: else -> skip
    fi
}

/* CODE case/ending.py let_stand */
inline let_stand() {
    if
    :: is_pending(found) || found == RESOLVED || found == NOTHING -> skip
    :: else -> failures[s] = 0; reopenings[s] = 0; breaker[s] = CLOSED; put_incident(RESOLVED)
    fi
}

/* CODE service/settling.py close_all, CODE case/ending.py close: what is pending is left to its order. */
inline close_all() {
    if
    :: found == NOT_FIXED || found == OBSERVED -> failures[s] = 0; put_incident(RESOLVED)
    :: else -> skip
    fi
}

/* CODE service/settling.py order_lifts: an undo whose order was lost is ordered again. */
#define is_to_be_lifted \
    (undo_ticket[s] && undo_ticket[s] == ticket[s] && is_waived && !is_pending(state[s]) && state[s] != RESOLVED \
    && !escapes(snap))

#if ARCHIVES
/* CODE service/archiving.py _is_done_with. For how long it has been over plays no part: no claim rests on that. */
#ifdef WITHOUT_TOLD
#define is_told true
#else
#define is_told (!untold[s] && !missed[s])
#endif
/* CODE service/archiving.py _is_spoken_of */
#define is_spoken_of (waived[s] || (undo_ticket[s] && undo_ticket[s] == ticket[s] && state[s] == CONTAINED))
#define is_over \
    (archives && (state[s] == RESOLVED || state[s] == CONTAINED) && is_told && !is_spoken_of)
/* CODE service/archiving.py _may_stand: what only the guard's own holds back is told as news otherwise. */
#define may_stand (state[s] == CONTAINED && (snap & ESCAPE) && !(snap & GONE))

inline keep() {
    if :: state[s] != NOTHING -> history[s] = state[s] :: else -> skip fi
}

/* Deleted only as it was read; its slot begins anew, and the next one in it has another id (`ticket` counts on). */
inline delete_current() {
    if
#ifndef WITHOUT_DELETING_AS_READ
    :: !is_as_read -> skip      /* somebody else has written it, or put it away */
    :: is_as_read ->
#else
    :: true ->
#endif
        archives--; vanished[s] = (history[s] == NOTHING);
        state[s] = NOTHING; reads[s] = 0;
        failures[s] = 0; reopenings[s] = 0; breaker[s] = CLOSED; carried_out[s] = 0; seen[s] = 0
#ifdef WITHOUT_ANOTHER_ID
        ; ticket[s] = 0
#endif
    fi
}
#endif

/* CODE functions/inspect/handler.py inspect_record: one message; killed, it is delivered again. */
proctype Inspect(byte me) {
    byte s, snap;
    bit is_waived, is_recheck, is_late, is_kept, trip, to_order;
#ifdef WITHOUT_CONDITION
    mtype was;
#endif
#if ARCHIVES
    bit to_archive;
#endif

waiting:
end_waiting:
    atomic {
        if
        :: changes[0] > 0 -> changes[0]--
        :: rechecks[0] > asking[0] -> rechecks[0]--; is_recheck = 1
#if SUBJECTS > 1
        :: changes[1] > 0 -> changes[1]--; s = 1
        :: rechecks[1] > asking[1] -> rechecks[1]--; is_recheck = 1; s = 1
#endif
        fi;
        is_late = late || (is_recheck && rechecks[s] == 0);
        busy++
    }
look:       /* CODE service/inspector.py _inspect_once: the record is read before the role. */
    atomic { OR_KILLED;
        reads[s] = reads[s] | me; is_waived = waived[s];
#ifdef WITHOUT_CONDITION
        was = state[s];
#endif
#if ARCHIVES
        to_archive = is_over
#endif
    }
    atomic { OR_KILLED;
        snap = role[s];
        if :: is_recheck && promised[s] > 0 && !is_kept -> promised[s]--; is_kept = 1 :: else -> skip fi
    }
    atomic { OR_KILLED;         /* the pause is read in here, where it matters: CODE service/sightings.py _why_paused */
        if
        :: !is_as_read -> goto look             /* StaleRecordError */
        :: else -> skip
        fi;
        if
        :: snap & GONE -> close_all();
#ifndef WITHOUT_ORDER_FOR_GONE
            to_order = is_pending(state[s])
#endif
        :: escapes(snap) && !is_waived && found == OBSERVED && paused -> look_again_after()
        :: escapes(snap) && !is_waived && !(found == OBSERVED && paused) -> 
#ifdef WITHOUT_ORDER_AGAIN
            to_order = !is_pending(state[s]); open_or_update(); to_order = to_order && is_pending(state[s])
#else
            open_or_update(); to_order = is_pending(state[s])
#endif
        :: escapes(snap) && is_waived -> let_stand(); to_order = is_pending(state[s])
        :: !escapes(snap) && !(snap & GONE) -> to_order = is_pending(state[s]);
#ifndef WITHOUT_SETTLING
            settle()
#else
            skip
#endif
        fi
    }
    /* CODE service/settling.py order: again for what is pending still. */
    if
    :: to_order -> atomic { OR_KILLED; if :: is_pending(state[s]) -> order_remediation() :: else -> skip fi }
    :: else -> skip
    fi;
    atomic {
#ifndef WITHOUT_LIFT_AGAIN
        if :: is_to_be_lifted -> order_lift(ticket[s]) :: else -> skip fi;
#endif
#ifdef WITHOUT_END_OF_LOOKS
        if :: is_recheck -> rechecks[s]++ :: else -> skip fi;
#endif
        skip
    }
#if ARCHIVES
    /* CODE service/archiving.py archive_over, CODE aws/ledger.py archive: in the history before it is deleted. */
    if
    :: to_archive && !is_pending(state[s]) && !may_stand ->
#ifdef WITHOUT_HISTORY_FIRST
        atomic { OR_KILLED; delete_current() }
        atomic { OR_KILLED; if :: vanished[s] -> history[s] = RESOLVED; vanished[s] = 0 :: else -> skip fi }
#else
        atomic { OR_KILLED; keep() }
        atomic { OR_KILLED; delete_current() }
#endif
    :: else -> skip
    fi;
#endif
    goto done;
killed:
    atomic { if :: is_recheck -> rechecks[s]++; promised[s] = promised[s] + is_kept :: else -> send_look(s) fi }
done:
    atomic {
        busy--; reads[s] = reads[s] & ~me;
        s = 0; snap = 0; is_waived = 0; is_recheck = 0; is_late = 0; is_kept = 0; to_order = 0;
#if ARCHIVES
        to_archive = 0;
#endif
#ifdef WITHOUT_CONDITION
        was = NOTHING;
#endif
        goto waiting
    }
}

/* --------------------------------------------------------------------------------------------------------- remediate */

#define is_in_force(content) (backup_ticket[s] == number && ((content) & backup_step[s]))

inline forget(everything) {
    writers[s]--; asking[s] = 0; reads[s] = reads[s] & ~me;
    s = 0; snap = 0; number = 0; step = 0; tries = 0; outcome = NOTHING; is_waived = 0; reread = 0;
    given_up = 0; carried = 0; is_proved = 0; is_still = 0; is_unpaused = 0; is_unwaived = 0
}

/* CODE functions/remediate/handler.py remediate_record: one order of a group at a time; killed, it is delivered again. */
proctype Remediate(byte me) {
    byte s, snap, number, step, tries, reread;
    mtype kind, outcome = NOTHING;
    bit is_waived, given_up, carried;
    bit is_proved, is_still, is_unpaused, is_unwaived;  /* ghosts: what was made sure of since the plan was begun */
#ifdef WITHOUT_CONDITION
    mtype was;
#endif

waiting:
end_waiting:
    atomic {
        if
#ifdef WITHOUT_GROUP
        :: orders0?kind,number
#else
        :: !held[0] && nempty(orders0) -> orders0?<kind,number>
#endif
#if SUBJECTS > 1
#ifdef WITHOUT_GROUP
        :: orders1?kind,number; s = 1
#else
        :: !held[1] && nempty(orders1) -> orders1?<kind,number>; s = 1
#endif
#endif
        fi;
        held[s] = 1; writers[s]++;
        was_clean[s] = !escapes(role[s]);
        if :: kind == LIFT -> goto lift :: else -> skip fi
    }
remediate:  /* CODE service/remediate.py remediate: an order of a former attempt is done with. */
    atomic { OR_KILLED;
        reads[s] = reads[s] | me; is_waived = waived[s]; tries = TRIES;
        if :: ticket[s] != number || !is_pending(state[s]) -> goto acknowledge :: else -> skip fi
    }
carry_out:  /* CODE service/remediate.py _carry_out, and from here to the write CODE service/remediate.py _act */
    atomic { OR_KILLED;
        is_proved = 0; is_still = 0; is_unpaused = 0; is_unwaived = 0;
        snap = role[s];
        if
        :: snap & GONE -> outcome = RESOLVED; goto record
        :: !(snap & GONE) && (!escapes(snap) || is_waived) -> goto found_clean
        :: escapes(snap) && !is_waived && tries == 0 -> outcome = NOT_FIXED; goto look_again
        :: else -> skip
        fi;
        /* CODE service/planner.py find_plan: the first rung that is proved, or the strongest; or none. */
        if :: breaker[s] == STRONGEST -> step = BOUNDARY :: else -> step = DENY fi;
        if
        :: refused_plans > 0 -> refused_plans--;
#ifdef WITHOUT_PROOF
            skip
#else
            given_up = 1; outcome = NOT_FIXED; goto look_again
#endif
        :: is_proved = 1
        fi
    }
    /* CODE aws/ledger.py put_backup */
#ifndef WITHOUT_BACKUP
    atomic { OR_KILLED; backup_ticket[s] = number; backup_step[s] = step }
#endif
    /* CODE service/still.py is_still: IAM has no conditional writes, so the gap is kept small. */
#ifndef WITHOUT_SECOND_READ
    atomic { OR_KILLED;
        if :: role[s] != snap -> tries--; goto carry_out :: else -> is_still = 1 fi
    }
#endif
    /* CODE service/remediate.py _standard_now: an operator may have let it stand while the plan was made. */
#ifndef WITHOUT_SECOND_LOOK_AT_WAIVERS
    atomic { OR_KILLED;
        if :: waived[s] -> is_waived = 1; goto carry_out :: else -> is_unwaived = 1 fi
    }
#endif
    /* CODE service/remediate.py _apply: the pause is read before each step. */
#ifndef WITHOUT_PAUSE
    atomic { OR_KILLED;
        if :: paused -> look_after_pause(); outcome = OBSERVED; goto record :: else -> is_unpaused = 1 fi
    }
#endif
    /* CODE aws/role_writer.py apply */
    atomic { OR_KILLED;
        assert(is_proved); /* no act without proof */
        assert(is_still); /* no act on a role that was not read to be the plan's, two calls ago at most */
        assert(!waived[s] || is_unwaived); /* no act against a waiver, unless it came within two calls */
        assert(!paused || is_unpaused); /* no act while paused, unless the pause came within one call */
        assert(backup_ticket[s] == number); /* no act without a backup on record */
        assert(writers[s] == 1); /* one writer of a subject at a time */
        carried = 1;
        if
        :: vain_writes > 0 -> vain_writes--
        :: set_role(s, role[s] | step); send_look(s)
        fi
#ifdef COUNT_ACTS
        ; acts[s]++;
        assert(acts[s] <= MAX_FAILED * (LIMIT + 2)) /* the breaker bounds the acts within its window */
#endif
    }
verify:     /* CODE service/remediate.py _verify: read again, and judged by the same function. */
#ifdef WITHOUT_REREAD
    outcome = CONTAINED;
#else
    atomic { OR_KILLED;
        snap = role[s];
        if
        :: snap & GONE -> outcome = RESOLVED
        :: !(snap & GONE) && (snap & step) && !escapes(snap) -> outcome = CONTAINED
        :: else -> if :: reread == 0 -> reread = 1; goto verify :: else -> outcome = NOT_FIXED fi
        fi
    }
#endif
    goto look_again;

found_clean:    /* CODE service/remediate.py _found_clean */
    atomic { OR_KILLED;
        if
        :: is_in_force(snap) -> outcome = CONTAINED; goto look_again
        :: else -> skip
        fi;
        /* CODE service/still.py shown_again */
        if
        :: tries > 0 && escapes(role[s]) && !is_waived -> tries--; goto carry_out
        :: else -> outcome = RESOLVED
        fi
    }

look_again:     /* CODE service/remediate.py _look_again: asked for before the outcome is on record. */
    atomic { OR_KILLED;
        promised[s] = RECHECKS;
        asking[s] = 1;
#ifndef WITHOUT_RECHECK
        rechecks[s] = RECHECKS
#endif
    }
record:         /* CODE service/remediate.py _record: on top of what others wrote meanwhile, if it is the same attempt. */
    atomic { OR_KILLED;
        if
        :: !is_as_read -> reads[s] = reads[s] | me;
            if
            :: ticket[s] != number -> goto killed
            :: ticket[s] == number && !is_pending(state[s]) -> goto acknowledge
            :: else -> goto record
            fi
        :: else -> skip
        fi;
        if
        :: outcome == NOT_FIXED -> failures[s]++; carried_out[s] = carried;
            if
            :: given_up -> seen[s] = snap           /* CODE service/ended.py given_up */
            :: !given_up && tries == 0 && !carried ->
#ifndef WITHOUT_RETRY
                seen[s] = NO_FINGERPRINT
#else
                skip
#endif
            :: else -> skip
            fi
        :: outcome == CONTAINED ->
            assert(was_clean[s]); /* contained is never said of a role that was not clean since */
            failures[s] = 0; carried_out[s] = 1
        :: outcome == RESOLVED -> failures[s] = 0
        :: else -> skip
        fi;
        put_incident(outcome)
    }
acknowledge:
    atomic {
#ifndef WITHOUT_GROUP
        if
        :: s == 0 -> orders0?_,_
#if SUBJECTS > 1
        :: s == 1 -> orders1?_,_
#endif
        fi;
#endif
        held[s] = 0; forget(0); goto waiting
    }
killed:
    atomic {
        if
        :: lost_orders > 0 -> lost_orders--; dead[s] = 1; goto acknowledge
        :: true
        fi;
#ifdef WITHOUT_GROUP
        if :: s == 0 -> orders0!kind,number
#if SUBJECTS > 1
        :: s == 1 -> orders1!kind,number
#endif
        fi;
#endif
        held[s] = 0; forget(0); goto waiting
    }

lift:           /* CODE service/lifting.py _lift_once, CODE service/lifting.py _carry_out; overtaken: CODE service/lifting.py _turn_down */
    atomic { OR_KILLED;
        reads[s] = reads[s] | me; is_waived = waived[s];
        if
#ifndef WITHOUT_TURNING_DOWN
        :: undo_ticket[s] == number && ticket[s] != number -> undo_open[s] = 0; goto acknowledge    /* and the operator is told */
#else
        :: undo_ticket[s] == number && ticket[s] != number -> goto acknowledge
#endif
#if defined(WITHOUT_LIFT_OF_ARCHIVED) && ARCHIVES
        :: state[s] == NOTHING -> goto acknowledge
#endif
        :: undo_ticket[s] != number || (ticket[s] == number && (is_pending(state[s]) || !is_waived)) -> goto acknowledge
        :: else -> skip
        fi
    }
    atomic { OR_KILLED;
        snap = role[s];
        if :: snap & GONE -> undo_open[s] = 0; goto acknowledge :: else -> skip fi
    }
    atomic { OR_KILLED;
        if :: paused -> look_after_pause(); goto acknowledge :: else -> skip fi
    }
    atomic { OR_KILLED;
        assert(writers[s] == 1); /* one writer of a subject at a time */
        set_role(s, role[s] & ~(DENY | BOUNDARY));
        send_look(s)
    }
    atomic { OR_KILLED; promised[s] = RECHECKS; asking[s] = 1; rechecks[s] = RECHECKS }
    atomic { OR_KILLED;     /* CODE service/lifting.py _record */
        if :: !is_as_read -> goto lift :: else -> skip fi;
        undo_open[s] = 0;
        if :: state[s] == NOTHING -> put_incident(RESOLVED) :: else -> let_stand() fi;
        goto acknowledge
    }
}

/* ------------------------------------------------------------------------------------------------------------ notify */

/* CODE service/notify.py notify: published first, then on record as told; killed in between, it is told twice. */
proctype Notify() {
    byte s;
    bit is_published, is_dropped;
waiting:
end_waiting:
    atomic {
        if
        :: untold[0] > 0
#if SUBJECTS > 1
        :: untold[1] > 0 -> s = 1
#endif
        fi;
        busy++;
        if
        :: lost_images > 0 -> lost_images--; untold[s]--; if :: untold[s] == 0 -> missed[s] = 1 :: else -> skip fi; goto done
        :: true
        fi
    }
#ifdef WITHOUT_PUBLISHING_FIRST
    atomic { OR_KILLED; untold[s]--; is_dropped = 1 }
    atomic { OR_KILLED; is_published = 1 }
#else
    atomic { OR_KILLED; is_published = 1 }
    atomic { OR_KILLED; untold[s]--; is_dropped = 1 }
#endif
    goto done;
killed:
    skip;
done:
    atomic {
        if :: is_dropped && !is_published -> silent[s] = 1 :: else -> skip fi;
        busy--; s = 0; is_published = 0; is_dropped = 0; goto waiting
    }
}

/* ----------------------------------------------------------------------------------------------------- the operator */

/* CODE service/pausing.py pause_guard, and the pause's end: by itself, or CODE service/pausing.py resume_guard */
inline end_pause(who) {
    if
    :: is_resumed -> ask_late_look(who)         /* by the sweep, which comes after its window */
    :: !is_resumed && after_pause[who] -> send_look(who);
#ifndef WITHOUT_SECOND_LOOK_AFTER_PAUSE
        ask_late_look(who)
#endif
    :: else -> skip
    fi;
    after_pause[who] = 0
}

proctype Pause() {
    bit is_resumed;
    if
    :: atomic { paused = 1 };
        atomic {
            paused = 0;
            if :: is_resumed = 1 :: true fi;
            end_pause(0);
#if SUBJECTS > 1
            end_pause(1)
#endif
        }
    :: skip
    fi;
    busy--
}

/* CODE service/undoing.py undo: of what is not pending; the undo is put on record before its waiver. */
proctype Undo() {
    byte s, number;
    if
    :: atomic { backup_ticket[s] && !is_pending(state[s]) && (role[s] & (DENY | BOUNDARY)) && !(role[s] & GONE) && !paused ->
        number = ticket[s] }
        atomic { OR_KILLED; undo_ticket[s] = number; undo_open[s] = 1 }  /* CODE service/undoing.py _put_undo */
        atomic { OR_KILLED; waived[s] = 1 }                         /* CODE service/waiving.py put_waiver */
        atomic { OR_KILLED; look_at_expiry[s] = 1; send_look(s) }   /* CODE service/operator.py ask_for_look */
#if ARCHIVES
        /* CODE service/operator.py bring_back: what was put away is current again, as it was and told already; and
           what is current is written anew, so that nobody puts it away as it was read before the word. */
        atomic { OR_KILLED;
            if
            :: ticket[s] == number && state[s] == NOTHING -> state[s] = history[s]; reads[s] = 0
            :: ticket[s] == number && state[s] != NOTHING -> reads[s] = 0
            :: else -> skip
            fi
        }
#endif
        atomic { OR_KILLED; order_lift(number) }    /* CODE service/operator.py order_lift */
    :: skip
    fi;
    goto answered;
killed:
    undo_open[s] = 0;   /* the operator gets an error, and asks again */
answered:
    busy--
}

/* CODE service/waiving.py waive: of what escapes as it is. */
proctype Waive() {
    byte s;
    if
    :: atomic { escapes(role[s]) && state[s] != NOTHING && state[s] != RESOLVED -> skip }
        atomic { OR_KILLED; waived[s] = 1 }
        atomic { OR_KILLED; look_at_expiry[s] = 1; send_look(s) }
    :: skip
    fi;
killed:
    busy--
}

/* A waiver ends: by itself, or CODE service/waiving.py end_waiver */
proctype Expiry() {
    byte s;
    if
    :: atomic { waived[s] ->
        waived[s] = 0; undo_open[s] = 0;
        if :: escapes(role[s]) -> cause[s] = 1 :: else -> skip fi;
#ifndef WITHOUT_LOOK_AT_EXPIRY
        if :: look_at_expiry[s] -> send_look(s) :: else -> unseen[s] = 1 fi;
#endif
        look_at_expiry[s] = 0 }
    :: skip
    fi;
    busy--
}

/* ------------------------------------------------------------------------------------------- sweeps, and what is judged */

/* CODE service/sweep.py sweep: a sweep beside everything else. */
proctype Sweep() {
    do
    :: atomic { sweeps > 0 ->
        sweeps--; send_look(0);
#if SUBJECTS > 1
        send_look(1)
#endif
        }
    :: break
    od;
    busy--
}

#if SUBJECTS > 1
#define is_quiet (attacker_done && !busy && !changes[0] && !rechecks[0] && empty(orders0) && !writers[0] && !untold[0] \
    && !changes[1] && !rechecks[1] && empty(orders1) && !writers[1] && !untold[1])
#else
#define is_quiet (attacker_done && !busy && !changes[0] && !rechecks[0] && empty(orders0) && !writers[0] && !untold[0])
#endif

#define stands (escapes(role[s]) && !waived[s])

inline judge() {
    assert(!silent[s]); /* every state is told */
    assert(!vanished[s]); /* what is put away is in the history */
    assert(!is_pending(state[s])); /* nothing waits for ever */
    assert(!undo_open[s] || !(role[s] & (DENY | BOUNDARY)) || (role[s] & GONE)); /* an undo is carried out, or turned down */
    assert(!stands || state[s] == NOT_FIXED); /* an escape that stands is NOT FIXED, and told */
    assert(stands || state[s] == NOTHING || state[s] == CONTAINED || state[s] == RESOLVED) /* what is over is not called open */
}

/* CODE service/sweep.py _missed: what the stream has lost is told. */
inline sweep_all() {
    atomic {
        do
        :: s < SUBJECTS ->
#ifndef WITHOUT_SWEEP
            send_look(s);
#endif
#ifndef WITHOUT_TELLING_AGAIN
            if :: missed[s] && state[s] != NOTHING && !is_pending(state[s]) -> untold[s] = 1; missed[s] = 0 :: else -> skip fi;
#endif
            s++
        :: s == SUBJECTS -> s = 0; break
        od
    }
}

proctype Judge() {
    byte s;
    is_quiet ->
    atomic {
        do
        :: s < SUBJECTS ->
            if
            :: unseen[s] || dead[s] -> skip
            :: else -> judge()
            fi;
            s++
        :: s == SUBJECTS -> s = 0; break
        od;
        crashes = 0; lost_orders = 0; lost_images = 0; vain_writes = 0; refused_plans = 0;
        late = 1
    }
    sweep_all();
    is_quiet ->
    atomic {
        do
        :: s < SUBJECTS ->
            judge();
            assert(!missed[s]); /* what the stream lost is told after a sweep */
            s++
        :: s == SUBJECTS -> s = 0; break
        od;
        window_over = 1
    }
    sweep_all();
    is_quiet -> sweep_all();
    is_quiet ->
    atomic {
        do
        :: s < SUBJECTS ->
            judge();
            assert(!stands || failures[s] >= MAX_FAILED || REFUSED_PLANS); /* what stands was tried as often as is allowed */
            s++
        :: s == SUBJECTS -> s = 0; break
        od;
        over = 1
    }
}

init {
    atomic {
        busy = PAUSES + UNDOS + WAIVERS + (UNDOS || WAIVERS) + (SWEEPS > 0);
        run Attacker();
        run Inspect(1);
#if INSPECTORS > 1
        run Inspect(2);
#endif
        run Remediate(4);
#if REMEDIATORS > 1
        run Remediate(8);
#endif
#ifdef TELLING
        run Notify();
#endif
#if PAUSES
        run Pause();
#endif
#if UNDOS
        run Undo();
#endif
#if WAIVERS
        run Waive();
#endif
#if UNDOS || WAIVERS
        run Expiry();
#endif
#if SWEEPS
        run Sweep();
#endif
        run Judge()
    }
}

#ifdef LIVENESS
ltl comes_to_an_end { <> over } /* all that was begun comes to an end */
#endif
