using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Simulation.Checks;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Runs;
using OrleansPool.Simulation.Witness;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Scenarios;

/// <summary>
/// A cluster in which nothing happens but what a script says, and at the end the judgement of a seed's run: invariants, the witness, and whether
/// everything came back. A script waits for events; time passes only on the way to them.
/// </summary>
internal sealed class Story
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);

    private readonly StoryShape _shape;
    private readonly StringWriter _trace = new();
    private readonly List<SimLease> _leases = [];
    private readonly List<ScriptClient> _clients = [];

    private Story(StoryShape shape, ulong seed)
    {
        _shape = shape;
        World = new SimWorld(seed, new SimOptions
        {
            Silos = shape.Silos,
            Copies = shape.Copies,
            Segments = 0,
            Clients = 0,
            BlockBytes = shape.BlockBytes,
            BlockCount = shape.BlockCount,
            IsStoreInProcess = shape.IsStoreInProcess,
            Swarm = new Swarm { InSyncMin = shape.InSyncMin, CachedBlocks = shape.CachedBlocks },
        })
        {
            Trace = _trace,
        };
        Messages = new MessageRules(World.Network);
        Writes = new StoreRules(World.Store);
        Client = NewClient();
    }

    public SimWorld World { get; }

    /// <summary>What is done to messages.</summary>
    public MessageRules Messages { get; }

    /// <summary>What is done to writes to the store.</summary>
    public StoreRules Writes { get; }

    public ScriptClient Client { get; }

    public SimSilo A => World.Silos[0];

    public SimSilo B => World.Silos[1];

    public SimSilo C => World.Silos[2];

    public SimSilo D => World.Silos[3];

    /// <summary>The segment that was made first, of which most stories tell.</summary>
    public SegmentId Segment { get; private set; }

    /// <summary>Its row, as it is in the store.</summary>
    public SegmentRow Row => RowOf(Segment);

    /// <summary>Tells a story several times over, and judges it.</summary>
    public static void Tell(StoryShape shape, Action<Story> script)
    {
        for (int time = 1; time <= shape.Times; time++)
        {
            var story = new Story(shape, (ulong)time);
            try
            {
                story.Begin();
                script(story);
                story.End();
            }
            catch (Exception failure)
            {
                throw new StoryException($"told for the {time}. time: {failure.Message}{Environment.NewLine}{story.Describe()}", failure);
            }
            finally
            {
                foreach (SimSilo silo in story.World.Silos) silo.Crash();
            }
        }
    }

    public SegmentRow RowOf(SegmentId segment) => World.Store.Rows.First(row => row.Segment == segment);

    /// <summary>A silo's copy of the segment; null if it has none.</summary>
    public Segment? CopyAt(SimSilo silo) => silo.IsUp ? silo.Node.Segments.GetValueOrDefault(Segment) : null;

    public Replica? ReplicaAt(SimSilo silo) => CopyAt(silo)?.Replica;

    /// <summary>Whether a silo accepts operations on the segment now.</summary>
    public bool Serves(SimSilo silo) => !silo.IsPaused && CopyAt(silo) is { Replica.IsOpen: true } copy && copy.MayServe(silo.Now);

    public ScriptClient NewClient()
    {
        var client = new ScriptClient(World);
        _clients.Add(client);
        return client;
    }

    /// <summary>Makes a segment with its primary on the first of some silos, and copies on the others.</summary>
    public SegmentId MakeSegment(params SimSilo[] silos)
    {
        SimSilo primary = silos[0];
        int shard = -1;
        Until(() => primary.Node.Standing.View.Counts(primary.Id.Silo), "it sees itself among the members");
        primary.Do((node, now, outbox) =>
        {
            node.Map.TakeRange(taken => shard = taken);
            node.Map.Elapse(now, outbox);
        });
        Until(() => shard >= 0, "it has a range of ids");
        var id = new SegmentId(((ulong)shard * PoolMapShard.RowCountMax) + 1);
        primary.Do((node, now, outbox) => node.TryBirth(id, "default", _shape.Copies, now, outbox));
        Until(() => World.Store.Rows.Any(row => row.Segment == id), "its row is there");
        if (Segment == default) Segment = id;
        foreach (SimSilo member in silos.Skip(1)) Join(id, primary, member);
        return id;
    }

    /// <summary>Begins to make a silo a member of the segment whose primary another is.</summary>
    public void BeginJoin(SimSilo primary, SimSilo joiner)
    {
        bool hasBegun = false;
        Until(
            () =>
            {
                if (!hasBegun) primary.Do((node, now, outbox) => hasBegun = node.TryJoin(Segment, joiner.Id, now, outbox));
                return hasBegun;
            },
            "the join begins");
    }

    /// <summary>Makes another silo a member.</summary>
    public void Join(SegmentId id, SimSilo primary, SimSilo member)
    {
        Until(
            () =>
            {
                SegmentRow row = RowOf(id);
                if (row.Joiner == default && !row.Has(member.Id)) primary.Do((node, now, outbox) => node.TryJoin(id, member.Id, now, outbox));
                return row.Has(member.Id) && row.Joiner == default && member.Node.Map.Find(id) == row && primary.Node.Map.Find(id) == row;
            },
            $"silo {member.Place} is a member");
    }

    /// <summary>Takes a lease, and opens the client's session before.</summary>
    public SimLease Lease(int blocks = 1, TimeSpan? duration = null, SegmentId segment = default, ScriptClient? client = null)
    {
        client ??= Client;
        if (segment == default) segment = Segment;
        if (!client.HasSession(segment)) Await(client.OpenSession(segment).Insist());
        ScriptCall call = Await(client.Alloc(segment, blocks, duration ?? TimeSpan.FromHours(1)).Insist());
        var lease = new SimLease(segment, call.Result.Lease.Key, call.Result.Lease.ReadOnlyId, call.Result.Lease.Runs);
        _leases.Add(lease);
        return lease;
    }

    /// <summary>The script knows that a lease is over: nobody reads it at the end.</summary>
    public void Forget(SimLease lease) => _leases.Remove(lease);

    /// <summary>Writes, and waits for the answer.</summary>
    public void Write(SimLease lease, long value, int block = 0) => Await(Client.Write(lease, value, block).Insist());

    /// <summary>Reads, and waits for the answer.</summary>
    public long Read(SimLease lease, int block = 0) => Await(Client.Read(lease, block).Insist()).Value;

    /// <summary>Waits for the answer of an operation, which must be as expected.</summary>
    public ScriptCall Await(ScriptCall call, OperationStatus expected = OperationStatus.Ok)
    {
        Until(() => call.IsAnswered, $"{call.Operation.Operation.Kind} is answered");
        if (call.Status != expected) throw new StoryException($"{call.Operation.Operation.Kind} was answered {call.Status} instead of {expected}");
        return call;
    }

    /// <summary>Waits until an operation is answered by that its segment is lost. That may take as long as somebody who is cut off may go on.</summary>
    public void AwaitLost(ScriptCall call)
    {
        call.Insist();
        Until(() => call.IsAnswered, "it is told that the segment is lost", World.Times.LossDelayMax + Patience);
        Await(call, OperationStatus.Lost);
    }

    /// <summary>Lets things happen until something holds.</summary>
    public void Until(Func<bool> holds, string what, TimeSpan? within = null)
    {
        long end = World.Queue.Now + (within ?? Patience).Ticks;
        while (!holds())
        {
            if (!World.Queue.Step(end) && World.Queue.Now >= end) throw new StoryException($"it did not come to this: {what}");
            ThrowIfViolated();
        }
    }

    /// <summary>Lets time pass, where that nothing happens in it is what is told.</summary>
    public void Pass(TimeSpan time)
    {
        long end = World.Queue.Now + time.Ticks;
        while (World.Queue.Step(end)) ThrowIfViolated();
    }

    /// <summary>A silo dies, and membership knows at once.</summary>
    public void Kill(SimSilo silo)
    {
        silo.Crash();
        DeclareDead(silo);
    }

    /// <summary>A silo receives a message that no sound node has sent.</summary>
    public void Slip(SimSilo to, NodeId from, Message message)
    {
        int place = from.Silo is null ? to.Place : World.PlaceOf(from.Silo) ?? to.Place;
        to.Receive(new Envelope(new End(place, from), new End(to.Place, to.Id), message));
    }

    /// <summary>What every silo knows now.</summary>
    public string Draw()
    {
        var text = new StringWriter();
        Portrait.Draw(World, text);
        return text.ToString();
    }

    /// <summary>Membership says that a silo is dead.</summary>
    public void DeclareDead(SimSilo silo) => World.Membership.Set(silo.Id.Silo, SiloState.Dead);

    /// <summary>Nothing goes between two silos any more.</summary>
    public void Cut(SimSilo one, SimSilo other)
    {
        World.Network.Cut(one.Place, other.Place);
        World.Network.Cut(other.Place, one.Place);
    }

    /// <summary>Cuts some silos off from all others, and from store and membership; clients reach them.</summary>
    public void CutOff(params SimSilo[] group)
    {
        foreach (SimSilo silo in group)
        {
            World.CutFromStore(silo);
            foreach (SimSilo other in World.Silos.Except(group)) Cut(silo, other);
        }
    }

    private void Begin()
    {
        foreach (SimSilo silo in World.Silos) World.StartSilo(silo, sameAddress: false);
        Until(() => World.Silos.TrueForAll(silo => silo.Node.Standing.View.Version == World.Membership.View.Version && silo.Node.Standing.Root.Version > 0), "everybody knows everybody");
    }

    /// <summary>What is broken is mended; then all must be well, and everything that was acknowledged be there.</summary>
    private void End()
    {
        Messages.Forget();
        if (_shape.EndsWell)
        {
            foreach (SimSilo silo in World.Silos) silo.Wake();
            World.Heal();
            World.Planner.Begin();
            Until(IsWell, "all is well again", Recovery);
            foreach (SimLease lease in _leases.Where(lease => RowOf(lease.Segment).State == SegmentState.Active)) ReadAll(lease);
        }

        foreach (ScriptClient client in _clients) client.GiveUp();
        World.Invariants.CheckAll();
        ThrowIfViolated();
        WitnessReport report = World.Truth.Check();
        if (report.Violations.Count > 0) throw new StoryException(string.Join(Environment.NewLine, report.Violations));
    }

    private void ReadAll(SimLease lease)
    {
        for (int block = 0; block < lease.Blocks.Length; block++)
        {
            ScriptCall read = Client.Read(lease, block).Insist();
            Until(() => read.IsAnswered, "what was written can be read");
        }
    }

    private bool IsWell()
    {
        // A silo that learns that it was declared dead ends itself, and somebody starts it again.
        foreach (SimSilo silo in World.Silos)
        {
            if (!silo.IsUp) World.StartSilo(silo, sameAddress: false);
        }

        return Liveness.WhatIsNotWell(World) is null;
    }

    private void ThrowIfViolated()
    {
        if (World.Invariants.Violations.Count > 0) throw new StoryException(string.Join(Environment.NewLine, World.Invariants.Violations));
    }

    private string Describe() => _trace + Draw();
}
