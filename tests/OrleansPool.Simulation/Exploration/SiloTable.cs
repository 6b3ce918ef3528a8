using OrleansPool.Core.Replication;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;

namespace OrleansPool.Simulation.Exploration;

/// <summary>
/// The states of one silo that were reached, and what each input does in them. A silo is a deterministic machine that sees nothing but its
/// inputs and the moment, so an input is carried out once for each of its states, however many states of the whole have that one in them.
/// </summary>
/// <remarks>A node cannot be copied: a state is come to again by feeding a new node the inputs that led to it.</remarks>
internal sealed class SiloTable
{
    private readonly int _place;
    private readonly Opening _opening;
    private readonly Scope _scope;
    private readonly ParcelTable _parcels;
    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly Dictionary<(int State, int Parcel, int Time), SiloStep> _steps = [];
    private readonly List<(int Before, int Parcel, int Time, SiloFacts Facts)> _states = [];
    private readonly Dictionary<ulong, int> _writes;

    public SiloTable(int place, Opening opening, Scope scope, ParcelTable parcels, Dictionary<ulong, int> writes)
    {
        (_place, _opening, _scope, _parcels, _writes) = (place, opening, scope, parcels, writes);
        using SiloMachine machine = Rebuild(-1);
        Number(machine, -1, -1, 0);
    }

    /// <summary>How many states were reached.</summary>
    public int Count => _states.Count;

    /// <summary>How many inputs were carried out.</summary>
    public int StepCount => _steps.Count;

    public SiloFacts FactsOf(int state) => _states[state].Facts;

    /// <summary>What an input does in a state.</summary>
    public SiloStep Step(int state, int parcel, int time)
    {
        if (_steps.TryGetValue((state, parcel, time), out SiloStep? step)) return step;
        using SiloMachine machine = Rebuild(state);
        Parcel taken = _parcels[parcel];
        SiloOutput output = machine.Apply(taken.From, taken.Content, _opening.TimeOf(time));
        int next = Number(machine, state, parcel, time);
        step = new SiloStep(
            next, ParcelsOf(output), [.. output.Answers.Where(answer => answer.Result.Status == OperationStatus.Ok).Select(answer => (answer.Number, answer.Result.Sequence))],
            output.Reads, output.WantsView, output.Fault);
        _steps.Add((state, parcel, time), step);
        return step;
    }

    private int[] ParcelsOf(SiloOutput output)
    {
        NodeId self = Opening.NodeAt(_place);
        var sent = new List<int>();
        foreach ((NodeId to, Message message) in output.Messages) sent.Add(_parcels.NumberOf(new Parcel(Opening.PlaceOf(to), self, message)));
        foreach (StoreRequest request in output.Requests) sent.Add(_parcels.NumberOf(new Parcel(Parcel.Store, self, request)));
        return [.. sent];
    }

    private int Number(SiloMachine machine, int before, int parcel, int time)
    {
        // Whether it may serve is seen as of a moment; the state of another moment is another. Endings go beyond the scope.
        Moments? moments = time <= _scope.Steps ? new Moments(_opening.Start, time, _scope) : null;
        ulong print = Fingerprint.Mix(machine.Print(moments), (ulong)time);
        if (_numbers.TryGetValue(print, out int number)) return number;
        _numbers.Add(print, number = _states.Count);

        // What is looked at is used up with it: a cache counts its hits.
        SiloFacts facts = SiloFacts.Of(machine.Node, _opening, time, _writes);
        _states.Add((before, parcel, time, facts));
        return number;
    }

    private SiloMachine Rebuild(int state)
    {
        var machine = new SiloMachine(_opening, _place);
        foreach ((NodeId from, object content, Core.Tick at) in _opening.InputsOf(_place)) machine.Apply(from, content, at);
        var path = new Stack<int>();
        for (; state > 0; state = _states[state].Before) path.Push(state);
        foreach (int one in path)
        {
            (_, int parcel, int time, _) = _states[one];
            machine.Apply(_parcels[parcel].From, _parcels[parcel].Content, _opening.TimeOf(time));
        }

        return machine;
    }
}
