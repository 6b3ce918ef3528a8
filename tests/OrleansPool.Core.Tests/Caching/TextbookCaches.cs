namespace OrleansPool.Core.Tests.Caching;

/// <summary>What textbooks evict by, over keys alone: yardsticks for the block cache.</summary>
internal static class TextbookCaches
{
    /// <summary>First in, first out.</summary>
    public static int HitsOfFifo(IEnumerable<long> keys, int capacity) => Hits(keys, capacity, renews: false);

    /// <summary>Least recently used goes.</summary>
    public static int HitsOfLru(IEnumerable<long> keys, int capacity) => Hits(keys, capacity, renews: true);

    private static int Hits(IEnumerable<long> keys, int capacity, bool renews)
    {
        LinkedList<long> queue = [];
        Dictionary<long, LinkedListNode<long>> held = [];
        int hits = 0;
        foreach (long key in keys)
        {
            if (held.TryGetValue(key, out LinkedListNode<long>? node))
            {
                hits++;
                if (!renews) continue;
                queue.Remove(node);
                queue.AddLast(node);
                continue;
            }

            if (held.Count == capacity)
            {
                held.Remove(queue.First!.Value);
                queue.RemoveFirst();
            }

            held[key] = queue.AddLast(key);
        }

        return hits;
    }
}
