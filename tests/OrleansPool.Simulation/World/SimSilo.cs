using OrleansPool.Core;
using OrleansPool.Core.Caching;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
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

    private static readonly TimeSpan TimerGranularity = TimeSpan.FromMicroseconds(100);

    private readonly SimWorld _world;
    private readonly SeededRandom _random;
    private readonly Queue<(NodeId Life, Action Input)> _backlog = new();
    private readonly NodeOutbox _outbox = new();
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

    /// <summary>What its clock shows.</summary>
    public Tick Now => Clock.At(_world.Queue.Now);

    /// <summary>Starts a life.</summary>
    /// <param name="silo">Its address, which may be that of the life before.</param>
    /// <param name="rate">How fast its clock runs.</param>
    public void Start(SiloAddress silo, double rate)
    {
        Id = new NodeId(silo, new NodeIncarnation(new UInt128(_random.Next(), _random.Next())));
        Clock = new SimClock(_random.Between(1_000_000, 1_000_000_000), rate);
        _memory = new SimMemory(_world.Geometry, _random.Fork(), () => _world.IsFaulty ? _world.Swarm.CopiesMax : int.MaxValue);
        _node = new FabricNode(Id, _world.Times, _memory, isStoreInProcess: false, _world.Swarm.InSyncMin, _memory.MakeCache(_world.Swarm.CachedBlocks));
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
        Enqueue(() => Handle(envelope));
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
        Enqueue(() => Input(_node.Elapse));
    }

    private void Enqueue(Action input)
    {
        if (!IsUp) return;
        if (IsPaused)
        {
            _backlog.Enqueue((Id, input));
            return;
        }

        input();
    }

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

    private void Handle(Envelope envelope)
    {
        switch (envelope.Content)
        {
            case Message message:
                Input((now, outbox) => _node.Receive(envelope.From.Node, message, now, outbox));
                if (message is HeartbeatReply) _world.Promises.OnAnswer(this, envelope.From.Node);
                break;
            case ClientRequest request:
                Submit(new Asker(this, Id, envelope.From, request));
                break;
            case ClientRead read:
                if (read.IsThroughCache) ReadThroughCache(envelope.From, read);
                else Read(envelope.From, read);
                break;
        }
    }

    private void Submit(Asker asker)
    {
        ClientRequest request = asker.Request;
        Input((now, outbox) =>
        {
            Operation operation = request.Operation with { Completion = asker };
            if (_node.Submit(request.Segment, request.Epoch, operation, now, outbox, out OperationResult result, out Tick validUntil))
            {
                outbox.Replies.Add((asker, result, validUntil));
            }
        });
    }

    private void Read(End from, ClientRead read)
    {
        byte[] bytes = new byte[read.Count];
        if (!_node.Segments.TryGetValue(read.Segment, out Segment? segment))
        {
            var status = _node.IsLost(read.Segment, Now) ? OperationStatus.Lost : OperationStatus.NotPrimary;
            Answer(from, new ClientReply(read.Token, new OperationResult(status), null, _node.Map.Find(read.Segment)));
            return;
        }

        if (Stops(PausePoint.BeforeCopy, () => Read(from, read))) return;
        if (segment.Copy(read.Block, read.Key.Generation, read.Offset, bytes, out ReadTicket ticket))
        {
            NodeId life = Id;
            if (Stops(PausePoint.BeforeConfirm, () => Confirm(from, read, segment, ticket, bytes))) return;
            if (_world.IsFaulty && _world.Swarm.Pauses && _random.OneIn(200))
            {
                Pause(_world.Nemesis.DrawPause());
                _backlog.Enqueue((life, () => Confirm(from, read, segment, ticket, bytes)));
                return;
            }

            Confirm(from, read, segment, ticket, bytes);
            return;
        }

        OperationStatus refusal = segment.Replica is { IsOpen: true } && segment.MayServe(Now) ? OperationStatus.Fenced : OperationStatus.Unavailable;
        Answer(from, new ClientReply(read.Token, new OperationResult(refusal), null, segment.Replica?.Row));
    }

    /// <summary>Reads like an application on this silo: its own copy if it is primary, else its cache, else the primary.</summary>
    private void ReadThroughCache(End from, ClientRead read)
    {
        if (_node.Map.Find(read.Segment) is not { } row || row.Primary == Id)
        {
            Read(from, read);
            return;
        }

        if (Stops(PausePoint.BeforeCopy, () => ReadThroughCache(from, read))) return;
        byte[] bytes = new byte[read.Count];
        if (!_node.Cache!.TryRead(row.Primary, read.Segment, read.Block, read.Key, read.Offset, bytes, out CacheTicket ticket))
        {
            Miss(from, read);
        }
        else if (Stops(PausePoint.BeforeConfirm, () => ConfirmCached(from, read, ticket, bytes)))
        {
            return;
        }
        else if (_world.IsFaulty && _world.Swarm.Pauses && _random.OneIn(200))
        {
            Pause(_world.Nemesis.DrawPause());
            _backlog.Enqueue((Id, () => ConfirmCached(from, read, ticket, bytes)));
        }
        else
        {
            ConfirmCached(from, read, ticket, bytes);
        }
    }

    private void ConfirmCached(End from, ClientRead read, in CacheTicket ticket, byte[] bytes)
    {
        if (_node.Cache!.Confirm(ticket, Now) || _world.Options.HostMutation == HostMutation.NoConfirm)
        {
            _world.CacheHits++;
            Answer(from, new ClientReply(read.Token, new OperationResult(OperationStatus.Ok, ticket.Version), bytes, null));
        }
        else
        {
            Miss(from, read);
        }
    }

    private void Miss(End from, ClientRead read) =>
        Input((now, outbox) => _node.Miss(read.Segment, read.Block, read.Key, new Reader(this, from, read), now, outbox));

    private void Confirm(End from, ClientRead read, Segment segment, ReadTicket ticket, byte[] bytes)
    {
        bool isConfirmed = segment.Confirm(ticket, Now) || _world.Options.HostMutation == HostMutation.NoConfirm;
        var result = new OperationResult(isConfirmed ? OperationStatus.Ok : OperationStatus.Unavailable, ticket.Version);
        Answer(from, new ClientReply(read.Token, result, isConfirmed ? bytes : null, segment.Replica?.Row));
    }

    private void Input(Action<Tick, NodeOutbox> step)
    {
        if (!IsUp) return;
        step(_staleClock ?? Now, _outbox);
        if (_outbox.Replies.Count > 0 && _stopsAt == PausePoint.BeforeReply) (_stopsAt, _holdsNextRelease) = (null, Forever);
        if (_world.IsFaulty && _world.Swarm.Pauses && _random.OneIn(3000)) _holdsNextRelease = _world.Nemesis.DrawPause();
        if (_holdsNextRelease > TimeSpan.Zero)
        {
            TimeSpan time = _holdsNextRelease;
            _holdsNextRelease = TimeSpan.Zero;
            Held held = Hold();
            Pause(time);
            _backlog.Enqueue((Id, () => Release(held)));
        }
        else
        {
            Release(Hold());
        }

        _world.IsAlarmed |= _node.Map.IsFrozen;
        _world.Invariants.AfterStep(this);
        Rearm();
    }

    private bool Stops(PausePoint point, Action goesOn)
    {
        if (_stopsAt != point) return false;
        _stopsAt = null;
        Pause(Forever);
        _backlog.Enqueue((Id, goesOn));
        return true;
    }

    private Held Hold()
    {
        foreach ((SegmentId segment, SegmentFaultException fault) in _outbox.Faults) _world.Invariants.Violate($"segment {segment} on silo {Place}: {fault.Message} {fault.InnerException}");
        var held = new Held([.. _outbox.Messages], [.. _outbox.StoreRequests], [.. _outbox.Replies], [.. _outbox.Retired], _outbox.WantsView);
        _outbox.Clear();
        return held;
    }

    private void Release(Held held)
    {
        foreach ((NodeId to, Message message) in held.Messages)
        {
            if (_world.PlaceOf(to.Silo) is { } place) _world.Network.Send(new End(Place, Id), new End(place, to), message);
        }

        foreach (StoreRequest request in held.StoreRequests) _world.Store.Ask(this, request);
        foreach ((Segment segment, int head) in held.Retired) PlanZero(segment, head);
        foreach ((IOperationCompletion completion, OperationResult result, Tick validUntil) in held.Replies) Answer((Asker)completion, result, validUntil);
        if (held.WantsView) _world.Membership.TellTo(this, soon: true);
    }

    private void Answer(Asker asker, in OperationResult result, Tick validUntil)
    {
        if (Now <= validUntil || _world.Options.HostMutation == HostMutation.LateReplies)
        {
            Answer(asker.From, new ClientReply(asker.Request.Token, result, null, RowFor(asker.Request.Segment, result)));
            return;
        }

        // Too late to be said: it is judged again, if that cannot do it twice.
        bool isRepeatable = asker.Request.Operation.Request.Session != 0 || asker.Request.Operation.Kind is OperationKind.Renew or OperationKind.Inspect;
        if (isRepeatable) _world.Queue.Plan(TimerGranularity, () => SubmitAgain(asker));
        else Answer(asker.From, new ClientReply(asker.Request.Token, new OperationResult(OperationStatus.Indeterminate), null, null));
    }

    private void SubmitAgain(Asker asker)
    {
        if (asker.Life == Id) Enqueue(() => Submit(asker));
    }

    private SegmentRow? RowFor(SegmentId segment, in OperationResult result) =>
        result.Status is OperationStatus.NotPrimary or OperationStatus.Unavailable or OperationStatus.Lost ? _node.Map.Find(segment) : null;

    private void Answer(End to, ClientReply reply) => _world.Network.Send(new End(Place, Id), to, reply);

    private void PlanZero(Segment segment, int head)
    {
        NodeId life = Id;
        _world.Queue.Plan(_random.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(_world.Swarm.ZeroingMilliseconds)) + ZeroingTakes, () =>
        {
            if (life == Id && IsUp && _node.Segments.TryGetValue(segment.Id, out Segment? present) && present == segment) segment.Zero(head);
        });
    }

    private void Rearm()
    {
        if (!IsUp) return;
        long at = Math.Max(Clock.When(_node.WakeAt(Now)), _world.Queue.Now + TimerGranularity.Ticks);
        if (at >= _timerAt) return;
        _timerAt = at;
        _world.Queue.PlanAt(new TimerEvent(this, Id), at);
    }

    private readonly record struct Held(
        (NodeId To, Message Message)[] Messages, StoreRequest[] StoreRequests,
        (IOperationCompletion Completion, OperationResult Result, Tick ValidUntil)[] Replies, (Segment Segment, int Head)[] Retired, bool WantsView);

    private sealed class Reader(SimSilo silo, End from, ClientRead read) : IFillWaiter
    {
        public void Filled(OperationStatus status, ulong version, ReadOnlySpan<byte> block)
        {
            if (status == OperationStatus.Busy)
            {
                NodeId life = silo.Id;
                silo._world.Queue.Plan(TimerGranularity, () =>
                {
                    if (silo.Id == life) silo.Enqueue(() => silo.ReadThroughCache(from, read));
                });
                return;
            }

            byte[]? bytes = status == OperationStatus.Ok ? block.Slice(read.Offset, read.Count).ToArray() : null;
            silo.Answer(from, new ClientReply(read.Token, new OperationResult(status, version), bytes, silo._node.Map.Find(read.Segment)));
        }
    }

    private sealed class TimerEvent(SimSilo silo, NodeId life) : SimEvent
    {
        public override ulong Kind => 3 + ((ulong)silo.Place << 8);

        public override void Happen() => silo.OnTimer(life, At);
    }

    private sealed class Asker(SimSilo silo, NodeId life, End from, ClientRequest request) : IOperationCompletion
    {
        public End From => from;

        public ClientRequest Request => request;

        public SimSilo Silo => silo;

        public NodeId Life => life;

        public void Complete(in OperationResult result) => throw new NotSupportedException("The simulated host takes answers from the outbox.");
    }
}
