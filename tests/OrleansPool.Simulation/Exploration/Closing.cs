using OrleansPool.Core.Replication;

namespace OrleansPool.Simulation.Exploration;

/// <summary>
/// The end of a run in which nothing more goes wrong: whoever is down is declared dead, everything that is under way arrives (or all of it is
/// lost), time passes as often as needed. Then both writes must be answered, and the newest be read.
/// </summary>
internal sealed class Closing(Transitions transitions, StateChecks checks)
{
    private const int StepsMax = 40;
    private const int ArrivalsMax = 5_000;

    /// <summary>How many ends were gone through.</summary>
    public long Count { get; private set; }

    /// <summary>Goes through to the end.</summary>
    /// <param name="state">Where it begins; it is used up.</param>
    /// <param name="loses">Whether what is under way is lost.</param>
    /// <returns>What is wrong; null if all is well.</returns>
    public string? Run(WorldState state, bool loses)
    {
        Count++;
        // Membership goes on telling its view until it is heard.
        if (loses) state.Parcels.RemoveAll(parcel => transitions.Parcels[parcel].Content is not MembershipView);
        for (int place = 0; place < Scope.Silos; place++)
        {
            if (state.Silos[place] == WorldState.Down && (state.DeadMask >> place & 1) == 0) transitions.Declare(state, place);
        }

        int last = state.Time + StepsMax;
        int arrivals = 0;
        while (true)
        {
            string? wrong = DeliverAll(state, ref arrivals);
            if (wrong is not null || arrivals > ArrivalsMax) return wrong ?? "messages do not come to an end";
            if (IsWell(state)) return null;
            if (state.Time == last) return $"not well {StepsMax} steps of time after the last fault: {string.Join(", ", state.Answered.Select((sequence, i) => $"write {i + 1} has {(sequence == 0 ? "no answer" : $"sequence {sequence}")}"))}";
            if (transitions.Apply(state, new Choice(ChoiceKind.Time)) is { } fault) return fault;
        }
    }

    private string? DeliverAll(WorldState state, ref int arrivals)
    {
        while (arrivals <= ArrivalsMax && Next(state) is { } next)
        {
            arrivals++;
            if ((transitions.Apply(state, next) ?? checks.Look(state)) is { } wrong) return wrong;
        }

        return null;
    }

    private static Choice? Next(WorldState state)
    {
        if (state.Parcels.Count > 0) return new Choice(ChoiceKind.Arrival, state.Parcels[0]);
        for (int place = 0; place < Scope.Silos; place++)
        {
            if ((state.Timers >> place & 1) != 0) return new Choice(ChoiceKind.Timer, place);
        }

        return (state.Timers & WorldState.ClientTimer) != 0 ? new Choice(ChoiceKind.Retry) : null;
    }

    /// <summary>All is well: answered, readable, and the same everywhere. Or lost, where nobody is left to have it.</summary>
    private bool IsWell(WorldState state)
    {
        SegmentRow row = transitions.RowIn(state);
        if (row.State == SegmentState.Lost) return Array.TrueForAll(row.LostMembers, member => state.Silos[Opening.PlaceOf(member)] == WorldState.Down);
        if (Array.IndexOf(state.Answered, 0UL) >= 0) return false;
        SiloFacts? primary = checks.FactsOf(state, Opening.PlaceOf(row.Primary));
        bool isServed = primary is { IsOpen: true, ReadVersion: { } version } && primary.ServesTo >= state.Time && version == state.Answered.Max();
        return isServed && Array.TrueForAll(row.InSync, member => checks.FactsOf(state, Opening.PlaceOf(member)) is { HasCopy: true } facts && facts.Last == primary!.Last);
    }
}
