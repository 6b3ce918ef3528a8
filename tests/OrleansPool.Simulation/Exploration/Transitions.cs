using OrleansPool.Core.Replication;
using OrleansPool.Core.Wire;

namespace OrleansPool.Simulation.Exploration;

/// <summary>What may happen in a state of the whole, and what comes of it.</summary>
internal sealed class Transitions
{
    private readonly Dictionary<(int Store, int Parcel), (int Next, int Reply)> _storeSteps = [];
    private readonly Dictionary<ulong, int> _storeNumbers = [];
    private readonly List<StoreDocuments> _stores = [];
    private readonly Dictionary<ulong, int> _writes = [];
    private readonly int[] _timers;
    private readonly Opening _opening;
    private readonly Scope _scope;

    public Transitions(Scope scope)
    {
        _scope = scope;
        _opening = Opening.Run(scope);
        Silos = [.. Enumerable.Range(0, Scope.Silos).Select(place => new SiloTable(place, _opening, scope, Parcels, _writes))];
        _timers = [.. Enumerable.Range(0, Scope.Silos).Select(place => Parcels.NumberOf(new Parcel(place, default, new Timer())))];
    }

    public ParcelTable Parcels { get; } = new();

    public SiloTable[] Silos { get; }

    /// <summary>Which write an operation is; 0 for none.</summary>
    public int WriteOf(ulong digest) => _writes.GetValueOrDefault(digest);

    /// <summary>The row as it stands in the store.</summary>
    public SegmentRow RowIn(WorldState state) => _stores[state.Store].Row;

    /// <summary>The state in which everything begins: both writes on their way, and the joiner's order, if there is one.</summary>
    public WorldState Begin()
    {
        var state = new WorldState
        {
            Answered = new ulong[_scope.Writes],
            Floors = new ulong[_scope.CachedReads],
            CrashesLeft = _scope.Crashes,
            VerdictsLeft = _scope.Verdicts,
            Store = NumberOf(_opening.Documents),
        };
        for (int write = 1; write <= _scope.Writes; write++) state.Send(Parcels.NumberOf(new Parcel(0, default, new ClientWrite(write))));
        for (int read = 1; read <= _scope.CachedReads; read++) state.Send(Parcels.NumberOf(new Parcel(Opening.Third, default, new ClientRead(read))));
        if (_scope.HasJoiner) state.Send(Parcels.NumberOf(new Parcel(0, default, Opening.Join(_scope.Joiner))));
        return state;
    }

    /// <summary>Everything that may happen next.</summary>
    public void List(WorldState state, List<Choice> choices)
    {
        choices.Clear();
        for (int i = 0; i < state.Parcels.Count; i++)
        {
            if (i == 0 || state.Parcels[i] != state.Parcels[i - 1]) choices.Add(new Choice(ChoiceKind.Arrival, state.Parcels[i]));
        }

        for (int place = 0; place < Scope.Silos; place++)
        {
            if ((state.Timers >> place & 1) != 0) choices.Add(new Choice(ChoiceKind.Timer, place));
            if ((_scope.Fragile >> place & 1) == 0) continue;
            if (state.CrashesLeft > 0 && state.Silos[place] != WorldState.Down) choices.Add(new Choice(ChoiceKind.Crash, place));
            if (state.VerdictsLeft > 0 && (state.DeadMask >> place & 1) == 0) choices.Add(new Choice(ChoiceKind.Verdict, place));
        }

        if ((state.Timers & WorldState.ClientTimer) != 0) choices.Add(new Choice(ChoiceKind.Retry));
        if (state.Time < _scope.Steps && state.Parcels.Count <= _scope.Late && state.Timers == 0) choices.Add(new Choice(ChoiceKind.Time));
    }

    /// <summary>Lets something happen.</summary>
    /// <returns>What is wrong with it; null for nothing.</returns>
    public string? Apply(WorldState state, Choice choice)
    {
        switch (choice.Kind)
        {
            case ChoiceKind.Arrival:
                state.Parcels.Remove(choice.What);
                return Parcels[choice.What].To == Parcel.Store ? ArriveAtStore(state, choice.What) : Arrive(state, Parcels[choice.What].To, choice.What);
            case ChoiceKind.Timer:
                state.Timers &= ~(1 << choice.What);
                return Arrive(state, choice.What, _timers[choice.What]);
            case ChoiceKind.Retry:
                state.Timers &= ~WorldState.ClientTimer;
                AskAgain(state);
                return null;
            case ChoiceKind.Time:
                PassTime(state);
                return _scope.HasLooseTimers ? null : FireAll(state);
            case ChoiceKind.Crash:
                state.CrashesLeft--;
                Crash(state, choice.What);
                return null;
            default:
                state.VerdictsLeft--;
                Declare(state, choice.What);
                return null;
        }
    }

    /// <summary>Membership says that a silo is dead, and tells everybody, some time.</summary>
    public void Declare(WorldState state, int place)
    {
        state.View++;
        state.DeadMask |= 1 << place;
        for (int to = 0; to < Scope.Silos; to++) TellView(state, to);
    }

    private void TellView(WorldState state, int to)
    {
        int parcel = Parcels.NumberOf(new Parcel(to, default, Opening.ViewOf(state.View, state.DeadMask)));
        if (state.Silos[to] != WorldState.Down && !state.Parcels.Contains(parcel)) state.Send(parcel);
    }

    private static void PassTime(WorldState state)
    {
        state.Time++;
        for (int place = 0; place < Scope.Silos; place++)
        {
            if (state.Silos[place] != WorldState.Down) state.Timers |= 1 << place;
        }

        if (Array.IndexOf(state.Answered, 0UL) >= 0) state.Timers |= WorldState.ClientTimer;
    }

    private string? FireAll(WorldState state)
    {
        string? wrong = null;
        for (int place = 0; place < Scope.Silos; place++)
        {
            if ((state.Timers >> place & 1) != 0) wrong ??= Arrive(state, place, _timers[place]);
        }

        if ((state.Timers & WorldState.ClientTimer) != 0) AskAgain(state);
        state.Timers = 0;
        return wrong;
    }

    private void Crash(WorldState state, int place)
    {
        state.Silos[place] = WorldState.Down;
        state.Timers &= ~(1 << place);
        state.Parcels.RemoveAll(parcel => Parcels[parcel].To == place);
    }

    private void AskAgain(WorldState state)
    {
        NodeId primary = RowIn(state).Primary;
        if (primary == default || state.Silos[Opening.PlaceOf(primary)] == WorldState.Down) return;
        for (int write = 1; write <= _scope.Writes; write++)
        {
            if (state.Answered[write - 1] != 0) continue;
            int parcel = Parcels.NumberOf(new Parcel(Opening.PlaceOf(primary), default, new ClientWrite(write)));
            if (!state.Parcels.Contains(parcel)) state.Send(parcel);
        }
    }

    private string? ArriveAtStore(WorldState state, int parcel)
    {
        if (!_storeSteps.TryGetValue((state.Store, parcel), out (int Next, int Reply) step))
        {
            (StoreDocuments next, StoreReply reply) = _stores[state.Store].Take((StoreRequest)Parcels[parcel].Content);
            step = (NumberOf(next), Parcels.NumberOf(new Parcel(Opening.PlaceOf(Parcels[parcel].From), default, reply)));
            _storeSteps.Add((state.Store, parcel), step);
        }

        state.Store = step.Next;
        if (state.Silos[Parcels[step.Reply].To] != WorldState.Down) state.Send(step.Reply);
        return null;
    }

    private string? Arrive(WorldState state, int place, int parcel)
    {
        if (state.Silos[place] == WorldState.Down) return null;
        if (Parcels[parcel].Content is MembershipView view && view.StateOf(Opening.NodeAt(place).Silo) == SiloState.Dead)
        {
            // A silo that learns that it is dead ends its process.
            Crash(state, place);
            return null;
        }

        if (Parcels[parcel].Content is ClientRead read) state.Floors[read.Number - 1] = state.Newest();
        SiloStep step = Silos[place].Step(state.Silos[place], parcel, state.Time);
        bool hasChanged = step.State != state.Silos[place];
        state.Silos[place] = step.State;
        if (hasChanged) state.Parcels.RemoveAll(sent => Parcels[sent].To == place && !TellsSomething(state, sent));
        if (step.Fault is not null) return $"silo {place}: {step.Fault}";
        string? wrong = null;
        foreach ((int number, ulong sequence) in step.Answers)
        {
            if (state.Answered[number - 1] == 0) state.Answered[number - 1] = sequence;
            else if (state.Answered[number - 1] != sequence) wrong = $"write {number} was answered with sequence {state.Answered[number - 1]}, and then with {sequence}";
        }

        foreach ((int number, ulong version) in step.Reads)
        {
            if (version < state.Floors[number - 1]) wrong ??= $"read {number} got version {version} from a fill, and {state.Floors[number - 1]} was answered or read before it was asked for";
            state.Seen = Math.Max(state.Seen, version);
        }

        foreach (int sent in step.Parcels)
        {
            int to = Parcels[sent].To;
            if (to != Parcel.Store && state.Silos[to] == WorldState.Down) continue;
            if (Parcels[sent].Content is Heartbeat or HeartbeatReply) wrong ??= Arrive(state, to, sent);
            else if (to == Parcel.Store || TellsSomething(state, sent)) state.Send(sent);
        }

        if (step.WantsView && Silos[place].FactsOf(state.Silos[place]).ViewVersion < state.View) TellView(state, place);
        return wrong;
    }

    /// <summary>Whether a parcel to a silo may still do something: what a silo has learned already it never unlearns.</summary>
    private bool TellsSomething(WorldState state, int sent)
    {
        Parcel parcel = Parcels[sent];
        SiloTable silo = Silos[parcel.To];
        int present = state.Silos[parcel.To];
        return parcel.Content switch
        {
            RowNotice notice => notice.Row.Epoch > silo.FactsOf(present).MapEpoch,
            MembershipView view => view.Version > silo.FactsOf(present).ViewVersion,
            ReplicateAck => !silo.Step(present, sent, state.Time).IsIdle(present),
            _ => true,
        };
    }

    private int NumberOf(StoreDocuments documents)
    {
        ulong print = Fingerprint.Of(documents);
        if (_storeNumbers.TryGetValue(print, out int number)) return number;
        _storeNumbers.Add(print, number = _stores.Count);
        _stores.Add(documents);
        return number;
    }
}
