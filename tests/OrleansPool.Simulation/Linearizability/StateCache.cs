namespace OrleansPool.Simulation.Linearizability;

/// <summary>
/// The pairs (set of placed operations, state) from which the search has gone on already (Lowe 2017). A hash table that keeps all keys in a few long
/// arrays: one object per pair would cost more than the pair.
/// </summary>
internal sealed class StateCache<TState, TInput, TOutput>(ISequentialModel<TState, TInput, TOutput> model)
{
    private const int ChunkWordCount = 1 << 15;
    private const int EntryBytes = 32;
    private const int None = -1;

    private readonly List<ulong[]> _chunks = [];
    private int[] _buckets = NewBuckets(1 << 10);
    private Entry[] _entries = new Entry[1 << 10];
    private int _entryCount;
    private int _chunkUsed;

    /// <summary>About how much memory it takes.</summary>
    public long ByteCount { get; private set; }

    /// <returns>Whether the pair is new.</returns>
    public bool TryAdd(ReadOnlySpan<ulong> key, TState state)
    {
        int hash = Hash(key, state);
        for (int at = _buckets[hash & (_buckets.Length - 1)]; at != None; at = _entries[at].Next)
        {
            ref Entry known = ref _entries[at];
            if (known.Hash == hash && key.SequenceEqual(Key(known)) && model.AreEqual(known.State, state)) return false;
        }

        if (_entryCount == _entries.Length) Grow();
        (ulong[] chunk, int start) = Keep(key);
        ref int bucket = ref _buckets[hash & (_buckets.Length - 1)];
        _entries[_entryCount] = new Entry { Hash = hash, Next = bucket, Chunk = chunk, KeyStart = start, KeyLength = key.Length, State = state };
        bucket = _entryCount++;
        ByteCount += EntryBytes + key.Length * sizeof(ulong) + model.BytesOf(state);
        return true;
    }

    private (ulong[] Chunk, int Start) Keep(ReadOnlySpan<ulong> key)
    {
        if (_chunks.Count == 0 || _chunks[^1].Length - _chunkUsed < key.Length)
        {
            _chunks.Add(new ulong[Math.Max(ChunkWordCount, key.Length)]);
            _chunkUsed = 0;
        }

        int start = _chunkUsed;
        key.CopyTo(_chunks[^1].AsSpan(start));
        _chunkUsed += key.Length;
        return (_chunks[^1], start);
    }

    private static ReadOnlySpan<ulong> Key(in Entry entry) => entry.Chunk.AsSpan(entry.KeyStart, entry.KeyLength);

    private int Hash(ReadOnlySpan<ulong> key, TState state)
    {
        ulong hash = (uint)model.Hash(state) + 0x9E3779B97F4A7C15;
        foreach (ulong word in key)
        {
            hash = (hash ^ word) * 0xFF51AFD7ED558CCD;
            hash ^= hash >> 32;
        }

        return (int)hash;
    }

    private void Grow()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        _buckets = NewBuckets(_entries.Length);
        for (int at = 0; at < _entryCount; at++)
        {
            ref int bucket = ref _buckets[_entries[at].Hash & (_buckets.Length - 1)];
            _entries[at].Next = bucket;
            bucket = at;
        }
    }

    private static int[] NewBuckets(int count)
    {
        int[] buckets = new int[count];
        Array.Fill(buckets, None);
        return buckets;
    }

    private struct Entry
    {
        public ulong[] Chunk;
        public int KeyStart;
        public int KeyLength;
        public int Hash;
        public int Next;
        public TState State;
    }
}
