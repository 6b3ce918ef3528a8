using OrleansPool.Core.Segments;

namespace OrleansPool.Simulation.Checks;

/// <summary>The committed stream of one segment, as the first replica that knew showed it, and the bytes that it leads to.</summary>
internal sealed class TruthStream(int blockCount, int blockBytes)
{
    private readonly List<ulong> _digests = [];
    private readonly Dictionary<int, BlockRun[]> _leases = [];
    private readonly Dictionary<int, ulong> _generations = [];
    private readonly Dictionary<int, TimeSpan> _durations = [];
    private readonly byte[]?[] _images = new byte[]?[blockCount];

    /// <summary>The last sequence that is known to be committed.</summary>
    public ulong Last => (ulong)_digests.Count;

    /// <summary>What stands for the operation of a sequence.</summary>
    public ulong DigestOf(ulong sequence) => _digests[(int)sequence - 1];

    /// <summary>The bytes of a block; null while it has no lease.</summary>
    public byte[]? ImageOf(int block) => _images[block];

    /// <summary>Blocks of a lease, by its head.</summary>
    public BlockRun[] LeaseOf(int head) => _leases[head];

    /// <summary>Takes the next operation.</summary>
    public void Append(in LogEntry entry, ReadOnlySpan<byte> bytes, ulong digest)
    {
        _digests.Add(digest);
        switch (entry.Kind)
        {
            case OperationKind.Alloc:
                AllocRecord.Read(bytes, out uint milliseconds, out _, out _, out ReadOnlySpan<BlockRun> runs);
                _leases[entry.Block] = runs.ToArray();
                _generations[entry.Block] = entry.Sequence;
                _durations[entry.Block] = TimeSpan.FromMilliseconds(milliseconds);
                break;
            case OperationKind.Transfer:
                _generations[entry.Block] = entry.Sequence;
                break;
            case OperationKind.Free or OperationKind.Expire:
                _generations.Remove(entry.Block);
                break;
        }

        Apply(entry, bytes, _images, _leases);
    }

    /// <summary>The generation of the lease that begins at a block; 0 for none.</summary>
    public ulong GenerationOf(int head) => _generations.GetValueOrDefault(head);

    /// <summary>How long the newest lease that begins at a block lasts, or lasted; null if there was none.</summary>
    public TimeSpan? DurationOf(int head) => _durations.TryGetValue(head, out TimeSpan duration) ? duration : null;

    /// <summary>The bytes of all blocks after what a log has beyond what is known to be committed.</summary>
    public byte[]?[] ImagesAfter(OperationLog log)
    {
        if (log.Last == Last) return _images;
        byte[]?[] images = [.. _images.Select(image => image?.ToArray())];
        var leases = new Dictionary<int, BlockRun[]>(_leases);
        for (ulong sequence = Last + 1; sequence <= log.Last; sequence++)
        {
            ref LogEntry entry = ref log[sequence];
            if (entry.Kind == OperationKind.Alloc)
            {
                AllocRecord.Read(log.BytesOf(entry), out _, out _, out _, out ReadOnlySpan<BlockRun> runs);
                leases[entry.Block] = runs.ToArray();
            }

            Apply(entry, log.BytesOf(entry), images, leases);
        }

        return images;
    }

    private void Apply(in LogEntry entry, ReadOnlySpan<byte> bytes, byte[]?[] images, Dictionary<int, BlockRun[]> leases)
    {
        switch (entry.Kind)
        {
            case OperationKind.Alloc:
                foreach (int block in BlocksOf(leases[entry.Block])) images[block] = new byte[blockBytes];
                break;
            case OperationKind.Free or OperationKind.Expire:
                foreach (int block in BlocksOf(leases[entry.Block])) images[block] = null;
                break;
            default:
                // An operation on a block without a lease is for the witness to find.
                if (entry.ChangesBytes && images[entry.Block] is { } image) bytes.CopyTo(image.AsSpan(entry.Offset));
                break;
        }
    }

    /// <summary>Blocks of a lease, one by one.</summary>
    public IEnumerable<int> BlocksOf(int head) => BlocksOf(_leases[head]);

    private static IEnumerable<int> BlocksOf(BlockRun[] runs)
    {
        foreach (BlockRun run in runs)
        {
            for (int block = run.First; block < run.First + run.Count; block++) yield return block;
        }
    }
}
