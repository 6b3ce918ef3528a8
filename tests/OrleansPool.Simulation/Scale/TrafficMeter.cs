using OrleansPool.Core.Wire;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Scale;

/// <summary>Counts what goes over a cluster's network and to its store.</summary>
internal sealed class TrafficMeter
{
    public TrafficMeter(SimWorld world)
    {
        world.Network.Interceptor = Count;
        world.Store.Interceptor = (_, _) =>
        {
            StoreCount++;
            return false;
        };
    }

    /// <summary>Messages of clients' operations, the clients' own among them.</summary>
    public long OperationCount { get; private set; }

    /// <summary>Heartbeats, and answers to them.</summary>
    public long HeartbeatCount { get; private set; }

    /// <summary>All else: rows that are told, and copies that are made.</summary>
    public long OtherCount { get; private set; }

    /// <summary>Requests to the store.</summary>
    public long StoreCount { get; private set; }

    /// <summary>Which directions have heartbeats, once <see cref="HearPairs"/> was called.</summary>
    public HashSet<(int From, int To)> Pairs { get; } = [];

    private bool _hearsPairs;

    /// <summary>From now on notes who sends heartbeats to whom.</summary>
    public void HearPairs() => _hearsPairs = true;

    private bool Count(Envelope envelope)
    {
        switch (envelope.Content)
        {
            case ClientRequest or ClientRead or ClientReply or Replicate or ReplicateAck or Invalidate or InvalidateAck or FillRequest or FillReply:
                OperationCount++;
                break;
            case Heartbeat:
                HeartbeatCount++;
                if (_hearsPairs) Pairs.Add((envelope.From.Place, envelope.To.Place));
                break;
            case HeartbeatReply:
                HeartbeatCount++;
                break;
            default:
                OtherCount++;
                break;
        }

        return false;
    }
}
