using OrleansPool.Core.Replication;

namespace OrleansPool.Core.Caching;

/// <summary>
/// Blocks whose copies are called back again and again: each copy costs the writer an invalidation and brings the reader little. They are
/// read past the cache for a while, twice as long each time.
/// </summary>
/// <remarks>Owned by the node. Bounded: what does not fit is cached as before.</remarks>
internal sealed class HotBlocks(ReplicationTimes times)
{
    private const int CountMax = 1024;
    private const int StrikesFree = 2;
    private const int StrikesMax = 8;

    private readonly Dictionary<(SegmentId Segment, int Block), (int Strikes, Tick Until)> _blocks = [];

    /// <summary>Whether a block may be kept.</summary>
    public bool MayKeep(SegmentId segment, int block, Tick now) =>
        !_blocks.TryGetValue((segment, block), out (int Strikes, Tick Until) hot) || now >= hot.Until;

    /// <summary>A copy was called back.</summary>
    public void OnInvalidated(SegmentId segment, int block, Tick now)
    {
        if (!_blocks.TryGetValue((segment, block), out (int Strikes, Tick Until) hot))
        {
            if (_blocks.Count == CountMax) _blocks.Clear();
            hot = (0, now);
        }

        // Left alone for some leases, it is as cold as before.
        int strikes = now - hot.Until > times.Silence ? 1 : Math.Min(hot.Strikes + 1, StrikesMax);
        TimeSpan pause = strikes <= StrikesFree ? TimeSpan.Zero : times.Resend * (1 << (strikes - StrikesFree));
        _blocks[(segment, block)] = (strikes, now + pause);
    }
}
