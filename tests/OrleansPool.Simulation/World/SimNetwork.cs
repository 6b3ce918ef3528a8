using OrleansPool.Core.Wire;
using OrleansPool.Simulation.Engine;

namespace OrleansPool.Simulation.World;

/// <summary>
/// The network: every message has a delay of its own, so messages overtake each other; some are lost, some come twice, links are cut one way or
/// both, and some links are clogged. Heartbeats have a lane of their own, which is not clogged with the rest.
/// </summary>
internal sealed class SimNetwork(SimWorld world, SeededRandom random)
{
    private readonly HashSet<(int From, int To)> _cut = [];
    private readonly HashSet<(int From, int To)> _clogged = [];

    /// <summary>Messages of each kind that were sent, if they are counted.</summary>
    public Dictionary<string, long>? Counts { get; set; }

    /// <summary>Looks at every message that is sent; of one for which it says true it takes care itself.</summary>
    public Func<Envelope, bool>? Interceptor { get; set; }

    /// <summary>Cuts one direction between two ends.</summary>
    public void Cut(int from, int to) => _cut.Add((from, to));

    /// <summary>Clogs one direction.</summary>
    public void Clog(int from, int to) => _clogged.Add((from, to));

    /// <summary>Mends one direction.</summary>
    public void Mend(int from, int to)
    {
        _cut.Remove((from, to));
        _clogged.Remove((from, to));
    }

    /// <summary>Mends everything.</summary>
    public void MendAll()
    {
        _cut.Clear();
        _clogged.Clear();
    }

    /// <summary>Whether a direction is cut.</summary>
    public bool IsCut(int from, int to) => _cut.Contains((from, to));

    /// <summary>Sends something.</summary>
    public void Send(End from, End to, object content)
    {
        if (Counts is not null) Counts[content.GetType().Name] = Counts.GetValueOrDefault(content.GetType().Name) + 1;
        if (_cut.Contains((from.Place, to.Place))) return;
        Swarm swarm = world.Swarm;
        bool isFaulty = world.IsFaulty;
        if (isFaulty && swarm.Loss > 0 && random.OneIn(swarm.Loss)) return;
        var envelope = new Envelope(from, to, content);
        if (Interceptor?.Invoke(envelope) == true) return;
        world.Queue.Plan(new Delivery(world, envelope), Delay(from, to, content));
        if (isFaulty && swarm.Duplication > 0 && random.OneIn(swarm.Duplication))
        {
            TimeSpan late = random.OneIn(4) ? random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(3)) : Delay(from, to, content);
            world.Queue.Plan(new Delivery(world, envelope), late);
        }
    }

    /// <summary>A message that was intercepted goes on, after an ordinary delay and some time more.</summary>
    public void Pass(Envelope envelope, TimeSpan late = default) =>
        world.Queue.Plan(new Delivery(world, envelope), late + Delay(envelope.From, envelope.To, envelope.Content));

    private TimeSpan Delay(End from, End to, object content)
    {
        bool isControl = content is Heartbeat or HeartbeatReply;
        Swarm swarm = world.Swarm;
        if (world.IsFaulty && !isControl && _clogged.Contains((from.Place, to.Place))) return random.Between(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2));
        if (world.IsFaulty && swarm.Reordering > 0 && random.OneIn(swarm.Reordering)) return random.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(300));
        return random.Between(TimeSpan.FromMicroseconds(50), TimeSpan.FromMicroseconds(swarm.DelayMicrosecondsMax));
    }

    private sealed class Delivery(SimWorld world, Envelope envelope) : SimEvent
    {
        public override ulong Kind => 2 + ((ulong)(uint)envelope.From.Place << 8) + ((ulong)(uint)envelope.To.Place << 40);

        public override void Happen()
        {
            if (!world.Network.IsCut(envelope.From.Place, envelope.To.Place)) world.Deliver(envelope);
        }
    }
}
