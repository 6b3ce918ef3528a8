using OrleansPool.Client.Ranges;

namespace OrleansPool.Client.Batches;

/// <summary>What one item of a batch wants of one block.</summary>
/// <param name="Item">Index of the item.</param>
/// <param name="Start">First byte in the item's buffer.</param>
/// <param name="Map">The map that the block was found in.</param>
/// <param name="Slice">The part of the block.</param>
internal readonly record struct BatchPart(int Item, int Start, ExtentMap Map, BlockSlice Slice)
{
    public LeaseExtent Extent => Map[Slice.Extent].Extent;

    /// <summary>The node that holds all of some parts; null where they are of several, or none.</summary>
    public static NodeId? HomeOfAll(List<BatchPart> parts)
    {
        if (parts.Count == 0) return null;
        NodeId home = parts[0].Extent.Home;
        return parts.TrueForAll(part => part.Extent.Home == home) ? home : null;
    }

    /// <summary>Cuts a range at blocks.</summary>
    /// <returns>The lost extent that the range touches, if it does; then nothing was added.</returns>
    public static LeaseExtent? Cut(int item, int start, ExtentMap map, long offset, int count, List<BatchPart> parts)
    {
        int before = parts.Count;
        for (int done = 0; done < count;)
        {
            BlockSlice slice = map.Locate(offset + done, count - done);
            if (slice.Block < 0)
            {
                parts.RemoveRange(before, parts.Count - before);
                return map[slice.Extent].Extent;
            }

            parts.Add(new BatchPart(item, start + done, map, slice));
            done += slice.Count;
        }

        return null;
    }
}
