using OrleansPool.Core.Segments;

namespace OrleansPool.Simulation.Checks;

/// <summary>The committed stream of one segment, as the first replica that knew showed it, and the bytes that it leads to.</summary>
internal sealed class TruthStream(int blockCount, int blockBytes)
{
    private readonly List<ulong> _digests = [];
    private readonly Dictionary<int, BlockRun[]> _leases = [];
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
                AllocRecord.Read(bytes, out _, out _, out _, out ReadOnlySpan<BlockRun> runs);
                _leases[entry.Block] = runs.ToArray();
                foreach (int block in BlocksOf(entry.Block)) _images[block] = new byte[blockBytes];
                break;
            case OperationKind.Free or OperationKind.Expire:
                foreach (int block in BlocksOf(entry.Block)) _images[block] = null;
                break;
            default:
                if (entry.ChangesBytes) bytes.CopyTo(_images[entry.Block].AsSpan(entry.Offset));
                break;
        }
    }

    /// <summary>Blocks of a lease, one by one.</summary>
    public IEnumerable<int> BlocksOf(int head)
    {
        foreach (BlockRun run in _leases[head])
        {
            for (int block = run.First; block < run.First + run.Count; block++) yield return block;
        }
    }
}
