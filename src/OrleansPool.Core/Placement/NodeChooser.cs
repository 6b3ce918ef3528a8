namespace OrleansPool.Core.Placement;

/// <summary>
/// Chooses the node that memory comes from: the local one while it is below its watermark, else the better of two random ones,
/// drawn by their free memory (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001). Shared by leases and
/// by the placement of regions.
/// </summary>
/// <remarks>
/// Pure: the caller passes the loads, which may be a moment old, and a random word. A node that seems full is tried last, not never.
/// Public for the other assemblies of OrleansPool only: it may change in any version.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class NodeChooser
{
    /// <summary>How full the local node may be before others are asked first.</summary>
    public const double LocalWatermarkDefault = 0.85;

    private const int StackCountMax = 256;

    /// <summary>The order in which nodes are to be asked.</summary>
    /// <param name="loads">The nodes.</param>
    /// <param name="local">Index of the local node; negative for none.</param>
    /// <param name="bytes">How much is wanted.</param>
    /// <param name="random">A random word.</param>
    /// <param name="order">Gets the indices; as long as <paramref name="loads"/>.</param>
    /// <param name="localWatermark">How full the local node may be, from 0 to 1.</param>
    /// <returns>How many indices: all.</returns>
    public static int Order(
        ReadOnlySpan<NodeLoad> loads, int local, long bytes, ulong random, Span<int> order, double localWatermark = LocalWatermarkDefault)
    {
        if (order.Length < loads.Length) throw new ArgumentException($"The order needs room for {loads.Length} nodes.", nameof(order));
        Span<int> used = order[..loads.Length];
        SortByFree(loads, used);
        int first = First(loads, local, bytes, random, localWatermark);
        if (first < 0) return loads.Length;

        int at = used.IndexOf(first);
        used[..at].CopyTo(used[1..]);
        used[0] = first;
        return loads.Length;
    }

    /// <summary>The node that is to be asked first: the beginning of <see cref="Order"/> in a fraction of its time.</summary>
    /// <returns>Its index; -1 if none seems to have enough.</returns>
    internal static int First(ReadOnlySpan<NodeLoad> loads, int local, long bytes, ulong random, double localWatermark = LocalWatermarkDefault) =>
        local >= 0 && loads[local].FreeBytes >= bytes && loads[local].UsedRatio < localWatermark ? local : BetterOfTwo(loads, bytes, random);

    /// <summary>The node with the most free memory; among equals, one drawn by the random word.</summary>
    /// <returns>Its index; -1 if there is none.</returns>
    public static int ChooseLeastLoaded(ReadOnlySpan<NodeLoad> loads, ulong random)
    {
        int best = -1;
        ulong ties = 0;
        for (int i = 0; i < loads.Length; i++)
        {
            if (best >= 0 && loads[i].FreeBytes < loads[best].FreeBytes) continue;
            bool isTie = best >= 0 && loads[i].FreeBytes == loads[best].FreeBytes;
            ties = isTie ? ties + 1 : 1;

            // The n-th of equals replaces the others with probability 1/n.
            if (!isTie || Scramble(random, ties) % ties == 0) best = i;
        }

        return best;
    }

    /// <summary>Draws two nodes by their free memory and takes the one that is less full; -1 if none has enough.</summary>
    private static int BetterOfTwo(ReadOnlySpan<NodeLoad> loads, long bytes, ulong random)
    {
        ulong total = 0;
        foreach (NodeLoad load in loads)
        {
            if (load.FreeBytes >= bytes) total += (ulong)load.FreeBytes;
        }

        if (total == 0) return -1;
        int one = Draw(loads, bytes, Scramble(random, 1) % total);
        int two = Draw(loads, bytes, Scramble(random, 2) % total);
        return loads[two].UsedRatio < loads[one].UsedRatio ? two : one;
    }

    private static int Draw(ReadOnlySpan<NodeLoad> loads, long bytes, ulong ticket)
    {
        for (int i = 0; i < loads.Length; i++)
        {
            if (loads[i].FreeBytes < bytes) continue;
            if (ticket < (ulong)loads[i].FreeBytes) return i;
            ticket -= (ulong)loads[i].FreeBytes;
        }

        return -1;
    }

    private static void SortByFree(ReadOnlySpan<NodeLoad> loads, Span<int> order)
    {
        Span<long> used = loads.Length <= StackCountMax ? stackalloc long[loads.Length] : new long[loads.Length];
        for (int i = 0; i < loads.Length; i++) (order[i], used[i]) = (i, -loads[i].FreeBytes);
        used.Sort(order);
    }

    /// <summary>Another random word for each salt.</summary>
    private static ulong Scramble(ulong random, ulong salt) => PlacementHash.Of(random, salt);
}
