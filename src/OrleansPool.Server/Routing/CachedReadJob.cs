using OrleansPool.Core.Arenas;
using OrleansPool.Core.Caching;
using OrleansPool.Grains;

namespace OrleansPool.Server.Routing;

/// <summary>A batch of reads on its way through the cache: what is still to be read, and what has come.</summary>
internal sealed class CachedReadJob
{
    private readonly NodeId _home;
    private readonly int _blockBytes;
    private readonly BlockRead[] _reads;
    private readonly BlockReadReply[] _replies;
    private readonly int[] _starts;
    private readonly byte[] _bytes;

    public CachedReadJob(NodeId home, int blockBytes, BlockRead[] reads)
    {
        BlockSizes.Validate(blockBytes);
        _home = home;
        _blockBytes = blockBytes;
        _reads = reads;
        _replies = new BlockReadReply[reads.Length];
        _starts = new int[reads.Length];
        long bytes = 0;
        for (int i = 0; i < reads.Length; i++)
        {
            if (reads[i].Count < 0 || reads[i].Offset < 0 || reads[i].Count > blockBytes || reads[i].Offset > blockBytes - reads[i].Count)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(reads), $"{reads[i].Count} bytes from {reads[i].Offset} do not lie inside a block of {blockBytes} bytes.");
            }

            _starts[i] = (int)bytes;
            bytes += reads[i].Count;
            if (bytes > INodePoolGrain.CallBytesMax)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(reads), $"One call reads at most {INodePoolGrain.CallBytesMax} bytes. Cut the reads into several calls.");
            }

            Pending.Add(i);
        }

        _bytes = new byte[bytes];
    }

    /// <summary>Indices of the reads that are not answered yet.</summary>
    public List<int> Pending { get; } = [];

    public static BlockKey KeyOf(NodeId home, in BlockRead read) => new(home.Incarnation, read.Segment, read.Block, read.Key.Generation);

    public BlockKey KeyOf(int i) => KeyOf(_home, _reads[i]);

    /// <summary>Whether the block is small enough to be brought whole, or is read whole anyway.</summary>
    public bool IsCacheable(int i) => _blockBytes <= CachedReader.FillBlockBytesMax || _reads[i].Count == _blockBytes;

    public int BytesToBring(int i) => IsCacheable(i) ? _blockBytes : _reads[i].Count;

    /// <summary>What to ask the owner.</summary>
    public BlockRead RequestOf(int i, ulong knownVersion) => IsCacheable(i)
        ? _reads[i] with { Offset = 0, Count = _blockBytes, KnownVersion = knownVersion }
        : _reads[i] with { KnownVersion = 0 };

    public int CountOf(int i) => _reads[i].Count;

    /// <summary>Where the read's bytes begin in what was brought.</summary>
    public int OffsetIn(int i, in BlockRead request) => _reads[i].Offset - request.Offset;

    /// <summary>Where the read's bytes begin in the block.</summary>
    public int OffsetIn(int i) => _reads[i].Offset;

    public Span<byte> DestinationOf(int i) => _bytes.AsSpan(_starts[i], _reads[i].Count);

    /// <summary>How many of the reads brought bytes from the owner.</summary>
    public int CountFetched { get; private set; }

    /// <summary>How many of the bytes asked for came from the owner.</summary>
    public long BytesFetched { get; private set; }

    /// <summary>How many bytes are asked for.</summary>
    public long BytesAsked => _bytes.Length;

    /// <summary>A read brought its bytes from the owner.</summary>
    public void Fetched(int i)
    {
        CountFetched++;
        BytesFetched += _reads[i].Count;
    }

    public void Done(int i, BlockReadReply reply) => _replies[i] = reply;

    /// <summary>The answers, with the bytes of those that are Ok one after the other.</summary>
    public ReadReply Reply()
    {
        int at = 0;
        for (int i = 0; i < _reads.Length; i++)
        {
            if (_replies[i].Status != OperationStatus.Ok) continue;
            if (at != _starts[i]) DestinationOf(i).CopyTo(_bytes.AsSpan(at));
            at += _reads[i].Count;
        }

        return new ReadReply(_replies, _bytes.AsMemory(0, at));
    }
}
