using OrleansPool.Core;
using OrleansPool.Core.Caching;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Simulation.Engine;

namespace OrleansPool.Simulation.World;

/// <summary>
/// A silo: the real node over simulated time. It can stop anywhere: between inputs, after reading its clock and before acting on it, between a step
/// and the release of what it asks for, and between copying bytes and confirming them.
/// </summary>
internal sealed class SimSilo
{
    /// <summary>Longer than any run.</summary>
    private static readonly TimeSpan Forever = TimeSpan.FromDays(1);

    /// <summary>Nothing that a silo plans for itself happens sooner than this after a step.</summary>
    internal static readonly TimeSpan TimerGranularity = TimeSpan.FromMicroseconds(100);

    private readonly SimWorld _world;
    private readonly SeededRandom _random;
    private readonly Queue<(NodeId Life, Action Input)> _backlog = new();
    private readonly NodeOutbox _outbox = new();
    private readonly SiloReads _reads;
    private readonly SiloReleases _releases;
    private SimMemory _memory;
    private FabricNode _node;
    private long _timerAt = long.MaxValue;
    private long _pausedUntil;
    private Tick? _staleClock;
    private TimeSpan _holdsNextRelease;
    private PausePoint? _stopsAt;

    public SimSilo(SimWorld world, int place, SeededRandom random)
    {
        _world = world;
        _random = random;
        Place = place;
        Clock = new SimClock(random.Between(1_000_000, 1_000_000_000), 1);
        _reads = new SiloReads(this, world, random);
        _releases = new SiloReleases(this, world, random);
        (_memory, _node) = (null!, null!);
    }

    public int Place { get; }

    /// <summary>The present life.</summary>
    public NodeId Id { get; private set; }

    public SimClock Clock { get; private set; }

    /// <summary>Whether the process runs, paused or not.</summary>
    public bool IsUp { get; private set; }

    public bool IsPaused => _world.Queue.Now < _pausedUntil;

    public FabricNode Node => _node;

    /// <summary>How much longer than usual it takes until blocks that were given back are zeroed.</summary>
    public TimeSpan ZeroingTakes { get; set; }

    /// <summary>Whether there is memory for one copy more.</summary>
    public bool HasMemory { get; set; } = true;

    /// <summary>Faults that its memory is to have, so that a segment which notices is no violation.</summary>
    public bool HasBadMemory { get; set; }

    /// <summary>Segments that found themselves broken.</summary>
    public List<SegmentFaultException> Faults { get; } = [];

    /// <summary>The cache of its present life, as the node does not see it; null for none.</summary>
    public BlockCache? BlockCache => _memory.Cache;

    /// <summary>What its clock shows.</summary>
    public Tick Now => Clock.At(_world.Queue.Now);

    /// <summary>Starts a life.</summary>
    /// <param name="silo">Its address, which may be that of the life before.</param>
    /// <param name="rate">How fast its clock runs.</param>
    public void Start(SiloAddress silo, double rate)
    {
        Id = new NodeId(silo, new NodeIncarnation(new UInt128(_random.Next(), _random.Next())));
        Clock = new SimClock(_random.Between(1_000_000, 1_000_000_000), rate);
        _memory = new SimMemory(_world.Geometry, _random.Fork(), () => !HasMemory ? 0 : _world.IsFaulty ? _world.Swarm.CopiesMax : int.MaxValue);
        _node = new FabricNode(Id, _world.Times, _memory, _world.Options.IsStoreInProcess, _world.Swarm.InSyncMin, _memory.MakeCache(_world.Swarm.CachedBlocks));
        IsUp = true;
        _timerAt = long.MaxValue;
        _pausedUntil = 0;
        _staleClock = null;
        _holdsNextRelease = TimeSpan.Zero;
        _stopsAt = null;
        Input(_node.Elapse);
    }

    /// <summary>The process dies.</summary>
    public void Crash()
    {
        if (!IsUp) return;
        IsUp = false;
        _backlog.Clear();
        _timerAt = long.MaxValue;
        _memory.ReleaseAll();
    }

    /// <summary>The process stops for a while.</summary>
    /// <param name="time">How long.</param>
    public void Pause(TimeSpan time)
    {
        if (!IsUp) return;

        // A host that reads its clock before it takes an input is wrong: the input may have come long after.
        if (_world.Options.HostMutation == HostMutation.ClockBeforeInput) _staleClock = Now;
        _pausedUntil = Math.Max(_pausedUntil, _world.Queue.Now + time.Ticks);
        NodeId life = Id;
        _world.Log($"silo {Place} stops for {time.TotalSeconds:F3} s");
        _world.Queue.Plan(time, () => Resume(life));
    }

    /// <summary>The process stops until <see cref="Wake"/>.</summary>
    public void Stop() => Pause(Forever);

    /// <summary>The process stops when it comes to a point of its work, until <see cref="Wake"/>.</summary>
    public void StopAt(PausePoint point) => _stopsAt = point;

    /// <summary>A process that stopped goes on.</summary>
    public void Wake()
    {
        _stopsAt = null;
        _pausedUntil = _world.Queue.Now;
        Resume(Id);
    }

    /// <summary>What the next step asks for is held back for a while, as if the process stopped right after it.</summary>
    public void HoldNextRelease(TimeSpan time) => _holdsNextRelease = time;

    public void Receive(Envelope envelope)
    {
        if (!IsUp || (envelope.To.Node.Incarnation != default && envelope.To.Node != Id)) return;
        if (IsPaused) HandleLater(envelope);
        else Handle(envelope);
    }

    public void TakeStoreReply(NodeId asker, StoreReply reply)
    {
        if (asker == Id) Enqueue(() => Input((now, outbox) => _node.Take(reply, now, outbox)));
    }

    public void TakeView(NodeId receiver, MembershipView view)
    {
        if (receiver == Id) Enqueue(() =>
        {
            if (view.StateOf(Id.Silo) == SiloState.Dead)
            {
                // A silo that learns that it is dead ends its process.
                Crash();
                _world.OnEnded(this);
                return;
            }

            Input((now, outbox) => _node.Observe(view, now, outbox));
        });
    }

    /// <summary>Lets the node do something, now.</summary>
    public void Do(Action<FabricNode, Tick, NodeOutbox> what)
    {
        if (IsUp) Enqueue(() => Input((now, outbox) => what(_node, now, outbox)));
    }

    /// <summary>Moves a segment into other memory of the silo.</summary>
    public void MoveHome(SegmentId segment) => Do((node, _, _) =>
    {
        if (node.Segments.TryGetValue(segment, out Segment? copy)) _memory.MoveHome(copy);
    });

    /// <summary>The timer that was planned for now.</summary>
    public void OnTimer(NodeId life, long at)
    {
        if (life != Id || !IsUp || at != _timerAt) return;
        _timerAt = long.MaxValue;
        if (IsPaused) GoOnLater(Elapse);
        else Elapse();
    }

    /// <summary>Takes an input now, or as soon as the process goes on.</summary>
    public void Enqueue(Action input)
    {
        if (!IsUp) return;
        if (IsPaused) GoOnLater(input);
        else input();
    }

    /// <summary>Takes an input after all others that wait until the process goes on.</summary>
    public void GoOnLater(Action input) => _backlog.Enqueue((Id, input));

    /// <summary>Whether the process stops here, as it was told to: whoever asks goes on later.</summary>
    public bool Stops(PausePoint point)
    {
        if (_stopsAt != point) return false;
        _stopsAt = null;
        Pause(Forever);
        return true;
    }

    /// <summary>Sends an answer to a client.</summary>
    public void Answer(End to, ClientReply reply) => _world.Network.Send(new End(Place, Id), to, reply);

    private void Resume(NodeId life)
    {
        if (life != Id || !IsUp || IsPaused) return;
        while (_backlog.TryDequeue(out (NodeId Life, Action Input) next) && IsUp)
        {
            if (next.Life == Id) next.Input();
            if (IsPaused) return;
        }

        _staleClock = null;
    }

    /// <summary>The node judges a caller's operation.</summary>
    public void Submit(Asker asker)
    {
        if (!IsUp) return;
        ClientRequest request = asker.Request;
        Operation operation = request.Operation with { Completion = asker };
        if (_node.Submit(request.Segment, request.Epoch, operation, StepBegins, _outbox, out OperationResult result, out Tick validUntil))
        {
            _outbox.Replies.Add((asker, result, validUntil));
        }

        EndStep();
    }

    /// <summary>The node takes an input.</summary>
    public void Input(Action<Tick, NodeOutbox> step)
    {
        if (!IsUp) return;
        step(StepBegins, _outbox);
        EndStep();
    }

    private Tick StepBegins => _staleClock ?? Now;

    private void Elapse()
    {
        if (!IsUp) return;
        _node.Elapse(StepBegins, _outbox);
        EndStep();
    }

    // Apart, because whoever captures an envelope makes an object for it, also where it is handled at once.
    private void HandleLater(Envelope envelope) => GoOnLater(() => Handle(envelope));

    private void Handle(Envelope envelope)
    {
        switch (envelope.Content)
        {
            case Message message:
                _node.Receive(envelope.From.Node, message, StepBegins, _outbox);
                EndStep();
                if (message is HeartbeatReply) _world.Promises.OnAnswer(this, envelope.From.Node);
                break;
            case ClientRequest request:
                Submit(new Asker(Id, envelope.From, request));
                break;
            case ClientRead read:
                _reads.Take(envelope.From, read);
                break;
        }
    }

    /// <summary>What the node asks for leaves the silo, at once or after a pause.</summary>
    private void EndStep()
    {
        if (_outbox.Replies.Count > 0 && _stopsAt == PausePoint.BeforeReply) (_stopsAt, _holdsNextRelease) = (null, Forever);
        if (_world.IsFaulty && _world.Swarm.Pauses && _random.OneIn(3000)) _holdsNextRelease = _world.Nemesis.DrawPause();
        HeldOutput held = _releases.Hold(_outbox);
        if (_holdsNextRelease > TimeSpan.Zero) ReleaseLater(held);
        else _releases.Release(held);
        _world.IsAlarmed |= _node.Map.IsFrozen;
        _world.Invariants.AfterStep(this);
        Rearm();
    }

    private void ReleaseLater(HeldOutput held)
    {
        TimeSpan time = _holdsNextRelease;
        _holdsNextRelease = TimeSpan.Zero;
        Pause(time);
        GoOnLater(() => _releases.Release(held));
    }

    private void Rearm()
    {
        if (!IsUp) return;
        long at = Math.Max(Clock.When(_node.WakeAt(Now)), _world.Queue.Now + TimerGranularity.Ticks);
        if (at >= _timerAt) return;
        _timerAt = at;
        _world.Queue.PlanAt(new TimerEvent(this, Id), at);
    }

    private sealed class TimerEvent(SimSilo silo, NodeId life) : SimEvent
    {
        public override ulong Kind => 3 + ((ulong)silo.Place << 8);

        public override void Happen() => silo.OnTimer(life, At);
    }
}
