using System.Net;
using OrleansPool.Core;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;

namespace OrleansPool.Simulation.Exploration;

/// <summary>
/// How an exploration begins: three silos, a segment of which silo 0 is the primary and the others are members (or one is still to be made
/// one, and one only reads), one lease of one block, one session, all leases between silos just renewed, and nothing under way. It comes
/// about by the protocol itself, message by message in one order, and each silo's inputs are kept: whoever needs a silo in some state feeds
/// them to it again.
/// </summary>
internal sealed class Opening
{
    public const int FirstPort = 11111;

    /// <summary>The place of the silo that is a member, or is to be made one, or only reads.</summary>
    public const int Third = 2;

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(5);

    private readonly Queue<Parcel> _parcels = new();
    private readonly List<(NodeId From, object Content, Tick At)>[] _inputs = [[], [], []];
    private readonly SiloMachine[] _machines;
    private readonly Scope _scope;
    private Tick _now = new(TimeSpan.TicksPerSecond * 10);

    private Opening(Scope scope)
    {
        _scope = scope;
        _machines = [.. Enumerable.Range(0, Scope.Silos).Select(place => new SiloMachine(this, place))];
    }

    /// <summary>Times of the protocol. Authority is not explored: it lasts.</summary>
    public static ReplicationTimes Times { get; } = new() { Authority = TimeSpan.FromHours(1), AuthorityWithoutRoot = TimeSpan.FromHours(1) };

    public static SegmentGeometry Geometry { get; } = new(64, 1);

    public static SegmentId Segment { get; } = new(1);

    public bool HasCache => _scope.HasCache;

    /// <summary>The lease.</summary>
    public LeaseKey Key { get; private set; }

    public int Block { get; private set; }

    /// <summary>The client's session in the segment.</summary>
    public ulong Session { get; private set; }

    /// <summary>When the exploration begins.</summary>
    public Tick Start { get; private set; }

    /// <summary>The store as it is then.</summary>
    public StoreDocuments Documents { get; private set; } = StoreDocuments.None;

    /// <summary>The membership view that all know then.</summary>
    public static MembershipView FirstView { get; } = ViewOf(1, deadMask: 0);

    /// <summary>The moment of a step of time.</summary>
    public Tick TimeOf(int step) => Start + (_scope.Step * step);

    /// <summary>What each silo has taken in.</summary>
    public IReadOnlyList<(NodeId From, object Content, Tick At)> InputsOf(int place) => _inputs[place];

    public static NodeId NodeAt(int place) => new(SiloAddress.New(IPAddress.Loopback, FirstPort + place, 1), new NodeIncarnation((UInt128)(place + 1) * 0x1234567));

    public static int PlaceOf(NodeId node) => node.Silo.Endpoint.Port - FirstPort;

    /// <summary>A view in which some silos are dead.</summary>
    public static MembershipView ViewOf(long version, int deadMask) => new(
        version, Enumerable.Range(0, Scope.Silos).ToDictionary(place => NodeAt(place).Silo, place => (deadMask >> place & 1) != 0 ? SiloState.Dead : SiloState.Active));

    /// <summary>Goes through it.</summary>
    public static Opening Run(Scope scope)
    {
        var opening = new Opening(scope);
        opening.GoThrough();
        foreach (SiloMachine machine in opening._machines) machine.Dispose();
        return opening;
    }

    private void GoThrough()
    {
        for (int place = 0; place < Scope.Silos; place++) Take(place, default, FirstView);
        Pass(40);
        Take(0, default, new Order("take a range", (node, now, outbox) =>
        {
            node.Map.TakeRange(static _ => { });
            node.Map.Elapse(now, outbox);
        }));
        Pass(40);
        Take(0, default, new Order("make a segment", (node, now, outbox) => node.TryBirth(Segment, "default", Scope.Silos, now, outbox)));
        Pass(40);
        for (int place = 1; place < _scope.Members; place++)
        {
            Take(0, default, Join(place));
            Pass(120);
        }

        Ask(Operation.Alloc(1, TimeSpan.FromDays(1), "explorer"), result => (Key, Block) = (result.Lease.Key, result.Lease.Key.Head));
        Ask(Operation.Plain(OperationKind.OpenSession), result => Session = (ulong)result.Value);
        Pass(400);

        if (HasCache)
        {
            // A fill that may not be kept yet: from then on the reader wants the right to.
            Take(Third, default, new ClientRead(0));
            DeliverAll();
        }

        // As after a move that was prepared and given up: members hold each other's leases too, so whoever succeeds may serve at once.
        for (int place = 1; place < Scope.Silos && Documents.Row.InSync.Length == Scope.Silos; place++) Take(place, NodeAt(0), new MovePrepare(Segment, Documents.Row.Epoch));
        DeliverAll();

        // As after a join that was given up: the primary holds the joiner's lease, so it may be made a member at once.
        if (_scope.HasJoiner) Take(0, default, new Order("want the joiner's lease", (node, now, _) => node.Standing.Peers[NodeAt(_scope.Joiner)].WantedUntil = now + Times.Silence));

        // Once more all at one moment: whatever was promised was promised then.
        _now += TimeSpan.FromMilliseconds(130);
        for (int place = 0; place < Scope.Silos; place++) Take(place, default, new Timer());
        DeliverAll();
        for (int place = 0; place < Scope.Silos; place++) Take(place, default, new Timer());
        DeliverAll();
        if (HasCache && _scope.CachedReads == 0)
        {
            Take(Third, default, new ClientRead(0));
            DeliverAll();
        }

        Start = _now;
        if (Key.Generation == 0 || Session == 0) throw new InvalidOperationException("The opening did not come to its end.");
    }

    /// <summary>Begins to make a silo a member.</summary>
    public static Order Join(int place) => new($"make silo {place} a member", (node, now, outbox) => node.TryJoin(Segment, NodeAt(place), now, outbox));

    private void Ask(Operation operation, Action<OperationResult> told)
    {
        operation = operation with { Completion = new OpeningWaiter(told) };
        Take(0, default, new Order("client", (node, now, outbox) =>
        {
            if (node.Submit(Segment, 0, operation, now, outbox, out OperationResult result, out Tick validUntil)) outbox.Replies.Add((operation.Completion!, result, validUntil));
        }));
        Pass(20);
    }

    private void Pass(int beats)
    {
        DeliverAll();
        for (int beat = 0; beat < beats; beat++)
        {
            _now += Beat;
            for (int place = 0; place < Scope.Silos; place++)
            {
                if (_machines[place].Node.WakeAt(_now) <= _now) Take(place, default, new Timer());
            }

            DeliverAll();
        }
    }

    private void DeliverAll()
    {
        while (_parcels.TryDequeue(out Parcel? parcel))
        {
            if (parcel.To != Parcel.Store)
            {
                Take(parcel.To, parcel.From, parcel.Content);
                continue;
            }

            (Documents, StoreReply reply) = Documents.Take((StoreRequest)parcel.Content);
            _parcels.Enqueue(new Parcel(PlaceOf(parcel.From), default, reply));
        }
    }

    private void Take(int place, NodeId from, object content)
    {
        _inputs[place].Add((from, content, _now));
        SiloOutput output = _machines[place].Apply(from, content, _now);
        NodeId self = NodeAt(place);
        foreach ((NodeId to, Message message) in output.Messages) _parcels.Enqueue(new Parcel(PlaceOf(to), self, message));
        foreach (StoreRequest request in output.Requests) _parcels.Enqueue(new Parcel(Parcel.Store, self, request));
    }
}
