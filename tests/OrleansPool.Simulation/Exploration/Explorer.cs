using System.Diagnostics;

namespace OrleansPool.Simulation.Exploration;

/// <summary>
/// Goes through every order in which things can happen in a small scope, breadth first, over the real code: so a violation comes with a shortest
/// sequence of choices.
/// </summary>
/// <remarks>
/// <para>A state is what the silos, the store, the messages under way and the observers are; one that was met before is not gone on from
/// (Holzmann, "Design and Validation of Computer Protocols", 1991). Any message may arrive at any time after it was sent, so there is no order
/// among them, and one that is lost for good is one that has not arrived yet: for what must hold in every state, losses need no choices.</para>
/// <para><em>Sound, because nothing is left out:</em> each silo's steps are remembered by its own state (<see cref="SiloTable"/>), which saves
/// carrying them out and no interleaving; reads of a primary and cached hits are asked for in every state (<see cref="StateChecks"/>); what is sent
/// to who is down is dropped, as nobody will take it; of equal messages under way it does not matter which arrives; an answer reaches its client
/// at once, as the sooner it is known, the more it binds. Two states of a silo are one if they differ only in what no decision within the scope
/// rests on (<see cref="Moments"/>): how long ago something was, beyond the longest time that it is compared with; deadlines after the end;
/// the numbers of requests to the store (<see cref="RequestNumbers"/>). A view that is not newer than the receiver's is dropped: views only grow.</para>
/// <para><em>Losses, which leave something out that may happen and need not:</em> a row notice that tells its receiver nothing new is dropped, and
/// with it the mark that its sender was heard and, if the row is older than the receiver's, the answer that tells the sender so, who hears of
/// the row by its announcement or in answer to what it sends next. An acknowledgement of the stream that changes nothing when it is sent,
/// or once the receiver's state has changed, is dropped, though after a later seal the same one might have saved sending again.</para>
/// <para><em>Abstractions, which leave something out:</em> time stands still but for steps of <see cref="Scope.Step"/>, of which there are few, and
/// only while no more than <see cref="Scope.Late"/> parcels are under way: leases are in force or run out. Timers fire only once time has passed:
/// in that moment and one order, unless they are loose. Heartbeats are answered in the moment they are sent. Authority lasts. A client asks again
/// only after time has passed, and asks whom the row names; a read through the cache that got nothing is not asked again. Clocks agree. Silence is
/// never long enough to count. What these hide is the simulator's part: clocks, pauses, slow heartbeats, silent members.</para>
/// </remarks>
internal sealed class Explorer(Scope scope, TextWriter progress)
{
    private const int LossesEvery = 64;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(10);

    private readonly Transitions _transitions = new(scope);
    private readonly Dictionary<UInt128, int> _met = [];
    private readonly List<(int Before, int Choice)> _ways = [];
    private readonly Queue<(WorldState State, int Number, int Depth)> _left = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _toldAt;
    private long _transitionCount;
    private int _depth;

    /// <summary>Explores.</summary>
    public ExplorationResult Run()
    {
        if (!Moments.Cover(scope)) throw new ArgumentException("Silence counts in so long a scope, which is not explored.");
        var checks = new StateChecks(_transitions);
        var closing = new Closing(_transitions, checks);
        WorldState begin = _transitions.Begin();
        string? wrong = checks.Look(begin);
        Meet(begin, -1, default, 0);
        var choices = new List<Choice>();
        int at = 0;
        while (wrong is null && _ways.Count < scope.StatesMax && _left.TryDequeue(out (WorldState State, int Number, int Depth) one))
        {
            at = one.Number;
            _depth = one.Depth;
            _transitions.List(one.State, choices);
            foreach (Choice choice in choices)
            {
                WorldState next = one.State.Clone();
                _transitionCount++;
                wrong = _transitions.Apply(next, choice) ?? checks.Look(next);
                if (wrong is not null) return Result(closing, wrong, [.. PathTo(at), choice.Tell(_transitions.Parcels)]);
                Meet(next, at, choice, one.Depth + 1);
            }

            if (choices.Count == 0) wrong = closing.Run(one.State.Clone(), loses: false);
            if (wrong is null && at % LossesEvery == 0) wrong = closing.Run(one.State.Clone(), loses: true);
            Tell();
        }

        return Result(closing, wrong, wrong is null ? [] : [.. PathTo(at), "then nothing more goes wrong"]);
    }

    private void Meet(WorldState state, int before, Choice choice, int depth)
    {
        if (!_met.TryAdd(state.Key(), _ways.Count)) return;
        _left.Enqueue((state, _ways.Count, depth));
        _ways.Add((before, choice.Packed));
    }

    private List<string> PathTo(int state)
    {
        var path = new List<string>();
        for (; _ways[state].Before >= 0; state = _ways[state].Before) path.Add(Choice.Unpack(_ways[state].Choice).Tell(_transitions.Parcels));
        path.Reverse();
        return path;
    }

    private ExplorationResult Result(Closing closing, string? wrong, IReadOnlyList<string> path) => new(
        _ways.Count, _transitionCount, _transitions.Silos.Sum(silo => (long)silo.Count), _transitions.Silos.Sum(silo => (long)silo.StepCount), closing.Count, _depth,
        wrong is null && _left.Count == 0, wrong, path);

    private void Tell()
    {
        if (_clock.Elapsed - _toldAt < ProgressInterval) return;
        _toldAt = _clock.Elapsed;
        progress.WriteLine(
            $"{_clock.Elapsed.TotalSeconds:F0} s: {_ways.Count} states, {_left.Count} to go on from, {_transitionCount} transitions, depth {_depth}; {_transitions.Silos.Sum(silo => silo.Count)} states of silos, {_transitions.Silos.Sum(silo => silo.StepCount)} inputs");
    }
}
