using OrleansPool.Core.Segments;
using OrleansPool.Grains;
using OrleansPool.Simulation.Engine;

namespace OrleansPool.Simulation.Load;

/// <summary>
/// What few clients ask, and some should not: fences, listings, tokens that allow less, tokens that nobody issued, bytes out of bounds, requests
/// of sessions that are none.
/// </summary>
internal sealed class OddRequests(SeededRandom random, int blockBytes, int blockCount)
{
    private ulong _fence;
    private ulong _far;

    /// <summary>One of them.</summary>
    /// <param name="lease">A lease that the client knows.</param>
    /// <param name="block">A block of it.</param>
    /// <param name="session">The client's session.</param>
    /// <param name="isInSession">Whether it should get a number of the session, because it may have an effect.</param>
    public Operation Draw(SimLease lease, int block, ulong session, out bool isInSession)
    {
        isInSession = true;
        byte[] word = BitConverter.GetBytes((long)random.Next());
        switch (random.Below(18))
        {
            case 0:
                return Operation.SetFence(lease.Key, block, 0, random.Below(blockBytes * 2), ++_fence, []);
            case 1:
                return Operation.SetFence(lease.Key, block, 8, 16, ++_fence, [_fence - 1]);
            case 2:
                return Operation.SetFence(lease.Key, block, 0, 0, _fence, [_fence]);
            case 3:
                return Operation.SetFence(lease.Key, block, 16, 8, (ulong)random.Below(3), []);
            case 4 or 5:
                return Operation.Write(lease.Key, block, 8, word) with { Fence = _fence };
            case 6:
                return Operation.Add(lease.Key, block, 4, 1);
            case 7:
                return Operation.Write(lease.Key, (block + 1) % blockCount, blockBytes - 4, word);
            case 8:
                return Operation.Alloc(random.OneIn(2) ? 0 : blockCount + 1, TimeSpan.FromSeconds(1), "odd", trace: 7);
            case 9:
                return Operation.Keep(lease.Key, "kept");
        }

        isInSession = false;
        LeaseKey reading = lease.Key with { Id = lease.ReadOnlyId, Rights = LeaseRights.Read };
        LeaseKey forged = lease.Key with { Id = new LeaseId(lease.Key.Id.Value + 1) };
        return random.Below(9) switch
        {
            0 => Operation.OnLease(OperationKind.Inspect, reading),
            1 => Operation.Write(reading, block, 0, word),
            2 => Operation.Write(forged, block, 0, word),
            3 => Operation.Plain(OperationKind.ListKept),
            4 => Operation.ListLeases(random.Below(blockCount), random.OneIn(2) ? LeaseOrder.Largest : LeaseOrder.Oldest, 1 + random.Below(3)),
            5 => Operation.ListLeases(0, LeaseOrder.Oldest, 0),
            6 => Operation.Write(lease.Key, block, 0, word, new RequestId(session, 1_000_000 + ++_far, 1)),
            7 => Operation.Write(lease.Key, block, 0, word, new RequestId(session + 1_000_000, ++_far, 1)),
            _ => Operation.Plain(OperationKind.None),
        };
    }
}
