using OrleansPool.Core.Replication;

namespace OrleansPool.Simulation.Exploration;

/// <summary>
/// What must hold in every state. Reads need no choice of their own: a read is looked up in one moment and changes nothing, so what each silo
/// would answer is asked everywhere after every step, as if a reader read all the time.
/// </summary>
internal sealed class StateChecks(Transitions transitions)
{
    /// <summary>Looks at a state, and notes in it what observers have seen.</summary>
    /// <returns>What does not hold; null if all does.</returns>
    public string? Look(WorldState state)
    {
        string? wrong = null;
        int serving = -1;
        for (int place = 0; place < Scope.Silos; place++)
        {
            if (FactsOf(state, place) is not { HasCopy: true } facts) continue;
            wrong ??= Note(state, place, facts);
            bool mayServe = facts.ServesTo >= state.Time;
            if (!mayServe || !facts.IsOpen) continue;
            if (serving >= 0) wrong ??= $"silos {serving} and {place} may both serve, in epochs {FactsOf(state, serving)!.Epoch} and {facts.Epoch}";
            serving = place;
        }

        return wrong ?? LookAtMembers(state) ?? LookAtAnswers(state) ?? Read(state);
    }

    /// <summary>What a silo is; null while it is down.</summary>
    public SiloFacts? FactsOf(WorldState state, int place) => state.Silos[place] == WorldState.Down ? null : transitions.Silos[place].FactsOf(state.Silos[place]);

    /// <summary>Two silos that know something committed under a sequence know the same.</summary>
    private static string? Note(WorldState state, int place, SiloFacts facts)
    {
        for (ulong sequence = facts.First; sequence <= facts.Committed; sequence++)
        {
            ulong digest = facts.Log[sequence - facts.First];
            ulong known = (ulong)state.Committed.Length;
            if (sequence <= known)
            {
                if (state.Committed[sequence - 1] != digest) return $"silo {place}: another operation is committed under sequence {sequence} than before";
            }
            else
            {
                // What a joiner's snapshot stood for is not in its log, and is known from the primary.
                if (sequence != known + 1) return $"silo {place}: sequence {sequence} is committed, and {known + 1} was never seen to be";
                state.Committed = [.. state.Committed, digest];
            }
        }

        return null;
    }

    /// <summary>Whoever the row names a member has everything that is committed, whether or not it knows yet that it is one.</summary>
    private string? LookAtMembers(WorldState state)
    {
        SegmentRow row = transitions.RowIn(state);
        foreach (NodeId member in row.InSync)
        {
            int place = Opening.PlaceOf(member);
            if (FactsOf(state, place) is not { HasStream: true } facts) continue;
            if (facts.Last < (ulong)state.Committed.Length) return $"silo {place} is in sync in epoch {row.Epoch} and lacks the committed operation {facts.Last + 1}";
            for (ulong sequence = facts.First; sequence <= (ulong)state.Committed.Length; sequence++)
            {
                if (facts.Log[sequence - facts.First] != state.Committed[sequence - 1]) return $"silo {place} is in sync in epoch {row.Epoch} and has another operation under the committed sequence {sequence}";
            }
        }

        return null;
    }

    /// <summary>A write was carried out once, and is what its client was told.</summary>
    private string? LookAtAnswers(WorldState state)
    {
        for (int write = 1; write <= state.Answered.Length; write++)
        {
            int count = 0;
            foreach (ulong digest in state.Committed) count += transitions.WriteOf(digest) == write ? 1 : 0;
            if (count > 1) return $"write {write} is committed {count} times";
            ulong answered = state.Answered[write - 1];
            bool isThere = answered == 0 || (answered <= (ulong)state.Committed.Length && transitions.WriteOf(state.Committed[answered - 1]) == write);
            if (!isThere) return $"write {write} was answered with sequence {answered}, and that is not committed, or another operation";
        }

        return null;
    }

    /// <summary>Reads are linearizable: none gets less than what was answered, or read, before it.</summary>
    private string? Read(WorldState state)
    {
        ulong newest = state.Newest();
        ulong seen = newest;
        for (int place = 0; place < Scope.Silos; place++)
        {
            if (FactsOf(state, place) is not { } facts) continue;
            if (facts.ReadVersion is { } version && facts.ServesTo >= state.Time)
            {
                if (version < newest) return $"a read at silo {place} gets version {version}, and {newest} was answered or read before";
                seen = Math.Max(seen, version);
            }

            if (facts.CachedVersion is { } cached && facts.CachedTo >= state.Time)
            {
                if (cached < newest) return $"a read from the cache of silo {place} gets version {cached}, and {newest} was answered or read before";
                seen = Math.Max(seen, cached);
            }
        }

        state.Seen = seen;
        return null;
    }
}
