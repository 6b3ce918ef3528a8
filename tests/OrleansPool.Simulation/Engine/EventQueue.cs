namespace OrleansPool.Simulation.Engine;

/// <summary>
/// What is going to happen, by time, and by a drawn number where times are equal. One thread, one seed: the same seed makes the same run,
/// event for event.
/// </summary>
internal sealed class EventQueue(SeededRandom random)
{
    private readonly EventHeap _heap = new();
    private ulong _hash = 0xCBF29CE484222325;

    /// <summary>Simulated time, in ticks.</summary>
    public long Now { get; private set; }

    /// <summary>How many events happened.</summary>
    public long Count { get; private set; }

    /// <summary>Stands for everything that happened so far.</summary>
    public ulong Hash => _hash;

    /// <summary>Plans an event.</summary>
    public void Plan(SimEvent what, TimeSpan after) => PlanAt(what, Now + Math.Max(0, after.Ticks));

    /// <summary>Plans an event.</summary>
    public void PlanAt(SimEvent what, long at)
    {
        what.At = Math.Max(at, Now);
        _heap.Add(what, random.Next());
    }

    /// <summary>Plans an action.</summary>
    public void Plan(TimeSpan after, Action action) => Plan(new ActionEvent(action), after);

    /// <summary>Lets the next event happen.</summary>
    /// <returns>False when there is none before the end.</returns>
    public bool Step(long end)
    {
        if (_heap.FirstAt > end)
        {
            Now = end;
            return false;
        }

        SimEvent next = _heap.TakeFirst();
        Now = next.At;
        Count++;
        Note(((ulong)next.At * 31) + next.Kind);
        next.Happen();
        return true;
    }

    /// <summary>Mixes something into the hash.</summary>
    public void Note(ulong what) => _hash = (_hash ^ what) * 0x100000001B3;

    private sealed class ActionEvent(Action action) : SimEvent
    {
        public override ulong Kind => 1;

        public override void Happen() => action();
    }
}
