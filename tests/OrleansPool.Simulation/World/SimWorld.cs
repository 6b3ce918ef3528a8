using System.Net;
using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Simulation.Checks;
using OrleansPool.Simulation.Engine;
using OrleansPool.Simulation.Load;

namespace OrleansPool.Simulation.World;

/// <summary>A whole cluster in one thread: silos, network, store, membership, clients, and who disturbs them.</summary>
internal sealed class SimWorld
{
    private readonly HashSet<int> _cutFromStore = [];
    private readonly Dictionary<SiloAddress, int> _places = [];
    private readonly List<SimClient> _clients = [];
    private readonly List<ISimClient> _ends = [];
    private readonly SeededRandom _random;
    private long _lastOperationId;
    private bool _isHealed;

    public SimWorld(ulong seed, SimOptions options)
    {
        Seed = seed;
        Options = options;
        _random = new SeededRandom(seed);
        Swarm = options.Swarm ?? Swarm.Draw(_random.Fork());
        if (options.Copies < 2) Swarm = Swarm with { InSyncMin = 1 };
        Geometry = new SegmentGeometry(options.BlockBytes, options.BlockCount);
        Queue = new EventQueue(_random.Fork());
        Truth = new Truth(this);
        Invariants = new Invariants(this);
        Members = new MemberChecks(this);
        Primaries = new PrimaryChecks(this);
        Promises = new PromiseChecks(this);
        Network = new SimNetwork(this, _random.Fork());
        Store = new SimStore(this, _random.Fork());
        Membership = new SimMembership(this, _random.Fork());
        Nemesis = new Nemesis(this, _random.Fork());
        Planner = new SimPlanner(this, _random.Fork());
        Book = new LeaseBook();
        for (int place = 0; place < options.Silos; place++) Silos.Add(new SimSilo(this, place, _random.Fork()));
        for (int client = 0; client < options.Clients; client++) _clients.Add(new SimClient(this, client, _random.Fork()));
        _ends.AddRange(_clients);
    }

    public ulong Seed { get; }

    public SimOptions Options { get; }

    public Swarm Swarm { get; private set; }

    public ReplicationTimes Times => Options.Times;

    public SegmentGeometry Geometry { get; }

    public EventQueue Queue { get; }

    public SimNetwork Network { get; }

    public SimStore Store { get; }

    public SimMembership Membership { get; }

    public Nemesis Nemesis { get; }

    public SimPlanner Planner { get; }

    public Truth Truth { get; }

    public Invariants Invariants { get; }

    public MemberChecks Members { get; }

    public PrimaryChecks Primaries { get; }

    public PromiseChecks Promises { get; }

    public LeaseBook Book { get; }

    public List<SimSilo> Silos { get; } = [];

    public IReadOnlyList<SimClient> Clients => _clients;

    /// <summary>Some silo noticed that the pool map went back in time.</summary>
    public bool IsAlarmed { get; set; }

    /// <summary>Reads that were served from a cache.</summary>
    public long CacheHits { get; set; }

    /// <summary>Whether faults happen now.</summary>
    public bool IsFaulty { get; private set; }

    /// <summary>Makes room for one client more.</summary>
    /// <returns>Its number.</returns>
    public int Admit(ISimClient client)
    {
        _ends.Add(client);
        return _ends.Count - 1;
    }

    /// <summary>Starts everything.</summary>
    public void Begin()
    {
        foreach (SimSilo silo in Silos) StartSilo(silo, sameAddress: false);
        Planner.Begin();
        foreach (SimClient client in _clients) client.Begin();
    }

    /// <summary>Starts all silos, one after the other, in a cluster that they are all told of when the last has started.</summary>
    /// <param name="spread">How much later the last one starts than the first.</param>
    public void StartTogether(TimeSpan spread)
    {
        // Each on a machine of its own: addresses of many silos then differ where they are compared first.
        SiloAddress[] addresses = [.. Silos.Select(silo => SiloAddress.New(new IPAddress([10, 0, (byte)(silo.Place >> 8), (byte)silo.Place]), 11111, silo.Place + 1))];
        foreach (SimSilo silo in Silos)
        {
            _places[addresses[silo.Place]] = silo.Place;
            Queue.Plan(spread * silo.Place / Silos.Count, () => silo.Start(addresses[silo.Place], rate: 1));
        }

        Queue.Plan(spread, () => Membership.Set(addresses, SiloState.Active));
    }

    /// <summary>From now on things go wrong.</summary>
    public void BeginFaults()
    {
        IsFaulty = true;
        Nemesis.Begin();
    }

    /// <summary>From now on nothing goes wrong any more, and what is broken is mended.</summary>
    public void Heal()
    {
        IsFaulty = false;
        _isHealed = true;
        Network.MendAll();
        _cutFromStore.Clear();
        Store.IsAway = false;
        foreach (SimSilo silo in Silos)
        {
            if (!silo.IsUp) StartSilo(silo, sameAddress: false);
            Membership.TellTo(silo, soon: true);
        }
    }

    /// <summary>Starts a silo, in a life of its own.</summary>
    /// <param name="silo">Which.</param>
    /// <param name="sameAddress">In the same second as the life before, so that membership sees no other silo.</param>
    public void StartSilo(SimSilo silo, bool sameAddress)
    {
        bool isNew = silo.Id.Silo is null;
        SiloAddress address = isNew ? SiloAddress.New(IPAddress.Loopback, 11111 + silo.Place, 1)
            : sameAddress && Membership.StateOf(silo.Id.Silo!) != SiloState.Dead ? silo.Id.Silo!
            : SiloAddress.New(IPAddress.Loopback, 11111 + silo.Place, silo.Id.Silo!.Generation + 1);
        if (!isNew && !address.Equals(silo.Id.Silo)) Membership.Set(silo.Id.Silo!, SiloState.Dead);
        _places[address] = silo.Place;
        double rate = Swarm.ClocksAreBroken ? 1 + (_random.Between(-300, 300) / 1000.0)
            : Swarm.ClocksDiffer ? 1 + (_random.Between(-49, 49) / 10_000.0) : 1;
        silo.Start(address, rate);
        Membership.Set(address, SiloState.Active);
        Membership.TellTo(silo, soon: true);
    }

    /// <summary>A silo has ended its process. Once nothing goes wrong any more, somebody starts it again; until then that is the nemesis' part.</summary>
    public void OnEnded(SimSilo silo)
    {
        NodeId life = silo.Id;
        if (_isHealed) Queue.Plan(TimeSpan.FromSeconds(1), () =>
        {
            if (silo.Id == life && !silo.IsUp) StartSilo(silo, sameAddress: false);
        });
    }

    /// <summary>The next operation's number.</summary>
    public long NextOperationId() => ++_lastOperationId;

    /// <summary>A client was told that a segment is lost.</summary>
    public void OnToldLost(SegmentId segment)
    {
        Truth.MarkLost(segment, Queue.Now);
        Book.Forget(segment);
    }

    /// <summary>Where a replay writes what happens; null for nowhere.</summary>
    public TextWriter? Trace { get; set; }

    /// <summary>Notes something in the trace, if there is one.</summary>
    public void Log(string line) => Trace?.WriteLine($"{Queue.Now / (double)TimeSpan.TicksPerSecond:F6} {line}");

    /// <summary>A silo's life, short.</summary>
    public string NameOf(NodeId node) => node.Silo is null ? "-" : $"{PlaceOf(node.Silo)}.{node.Silo.Generation}.{(ulong)node.Incarnation.Value % 1000}";

    public bool IsCutFromStore(SimSilo silo) => _cutFromStore.Contains(silo.Place);

    public void CutFromStore(SimSilo silo) => _cutFromStore.Add(silo.Place);

    public void MendStore(SimSilo silo) => _cutFromStore.Remove(silo.Place);

    public int? PlaceOf(SiloAddress silo) => _places.TryGetValue(silo, out int place) ? place : null;

    /// <summary>A message arrives.</summary>
    public void Deliver(Envelope envelope)
    {
        if (envelope.To.Place >= 0) Silos[envelope.To.Place].Receive(envelope);
        else _ends[-1 - envelope.To.Place].Receive((ClientReply)envelope.Content);
    }
}
