using System.Buffers.Binary;

namespace OrleansPool.Simulation.Witness;

/// <summary>
/// Replays the stream block by block and holds every result and every read against it. It gives each operation a place on its block's timeline: the
/// n-th change (a write, or a new generation) at 2n - 1, what only looks at version n at 2n.
/// </summary>
internal sealed class BlockReplay(Evidence evidence, int blockBytesMax)
{
    private const int None = -1;

    private readonly int[] _executedPlaces = Unplaced(evidence.ExecutedCount);
    private readonly int[] _readPlaces = Unplaced(evidence.OperationCount);
    private readonly byte[] _image = new byte[blockBytesMax];
    private ulong _generation;
    private int _changeCount;
    private int _newest;

    public long ReadCount { get; private set; }

    /// <summary>A client's operation on its block's timeline; -1 if it is not on it.</summary>
    public int PlaceOf(int operation, RequestMatch match) =>
        match.ExecutedOf(operation) == None ? _readPlaces[operation] : _executedPlaces[match.ExecutedOf(operation)];

    public void Run()
    {
        int[] executed = evidence.ExecutedOperations(_ => true, ByViewstamp);
        int[] reads = evidence.Operations(
            one => evidence.Operation(one).Kind == WitnessedKind.Read && evidence.Operation(one).Outcome == WitnessedOutcome.Ok, ByGeneration);
        int next = 0;
        int read = 0;
        while (next < executed.Length || read < reads.Length)
        {
            (ulong Segment, int Block) block = Smaller(
                next < executed.Length ? BlockOf(evidence.Executed(executed[next])) : null,
                read < reads.Length ? BlockOf(evidence.Operation(reads[read])) : null);
            int executedStart = next;
            int readStart = read;
            while (next < executed.Length && BlockOf(evidence.Executed(executed[next])) == block) next++;
            while (read < reads.Length && BlockOf(evidence.Operation(reads[read])) == block) read++;
            Replay(executed.AsSpan(executedStart, next - executedStart), reads.AsSpan(readStart, read - readStart));
        }
    }

    /// <param name="executed">The operations on one block, by viewstamp.</param>
    /// <param name="reads">The reads of the same block, by generation and viewstamp.</param>
    private void Replay(ReadOnlySpan<int> executed, ReadOnlySpan<int> reads)
    {
        Array.Clear(_image);
        _generation = 0;
        _changeCount = 0;
        _newest = None;
        int next = 0;
        foreach (int read in reads)
        {
            ref readonly WitnessedOperation one = ref evidence.Operation(read);
            while (next < executed.Length && IsSeenBy(one, evidence.Executed(executed[next]))) Apply(executed[next++]);
            if (one.Generation > _generation) Enter(one.Generation, keepsBytes: false);
            Compare(read);
        }

        while (next < executed.Length) Apply(executed[next++]);
    }

    /// <remarks>What begins a generation is seen by all its reads: the version they return may be older than it, or the one that no write made.</remarks>
    private static bool IsSeenBy(in WitnessedOperation read, in ExecutedOperation one) =>
        one.Generation < read.Generation
        || (one.Generation == read.Generation && (one.BeginsGeneration || one.Viewstamp <= read.Viewstamp));

    private void Compare(int read)
    {
        ReadCount++;
        ref readonly WitnessedOperation one = ref evidence.Operation(read);
        if (!IsWithin(one.Offset, one.Count))
        {
            evidence.Violate(ViolationKind.OutOfBounds, $"{one} reaches beyond the block");
            return;
        }

        _readPlaces[read] = 2 * _changeCount;
        if (ContentHash.Of(_image.AsSpan(one.Offset, one.Count)) == one.ContentHash) return;
        string version = _newest == None ? "zeros that nothing wrote to" : $"those after {evidence.Executed(_newest)}";
        evidence.Violate(ViolationKind.WrongBytes, $"{one} returned other bytes than its viewstamp has, which are {version}");
    }

    private void Apply(int index)
    {
        ref readonly ExecutedOperation one = ref evidence.Executed(index);
        if (one.Generation < _generation)
        {
            string newest = _newest == None ? "" : $", which the last change has: {evidence.Executed(_newest)}";
            evidence.Violate(ViolationKind.OldGeneration, $"{one} comes after generation {_generation} began{newest}");
            return;
        }

        if (one.Generation > _generation || one.BeginsGeneration) Enter(one.Generation, keepsBytes: one.Kind == WitnessedKind.Transfer);
        if (!IsWithin(one.Offset, one.Count))
        {
            evidence.Violate(ViolationKind.OutOfBounds, $"{one} reaches beyond the block");
            return;
        }

        bool changes = one.BeginsGeneration || (one.IsWord ? ApplyWord(one) : ApplyWrite(one));
        if (changes)
        {
            if (!one.BeginsGeneration) _changeCount++;
            _newest = index;
        }

        _executedPlaces[index] = changes ? 2 * _changeCount - 1 : 2 * _changeCount;
    }

    private bool ApplyWrite(in ExecutedOperation one)
    {
        one.Bytes.Span.CopyTo(_image.AsSpan(one.Offset));
        return true;
    }

    private bool ApplyWord(in ExecutedOperation one)
    {
        Span<byte> word = _image.AsSpan(one.Offset, sizeof(long));
        long found = BinaryPrimitives.ReadInt64LittleEndian(word);
        bool isAdd = one.Kind == WitnessedKind.Add;
        bool isMismatch = !isAdd && found != one.Expected;
        long sum = unchecked(found + one.Operand);
        if (isMismatch != one.IsMismatch || one.Value != (isAdd ? sum : found))
        {
            string before = _newest == None ? "nothing wrote there before" : $"the last change before it is {evidence.Executed(_newest)}";
            string should = $"{(isAdd ? sum : found)}{(isMismatch ? " and fail" : "")}";
            evidence.Violate(ViolationKind.ResultDiffers, $"{one} finds {found} and should answer {should}: {before}");
        }

        if (!isMismatch) BinaryPrimitives.WriteInt64LittleEndian(word, isAdd ? sum : one.Operand);
        return !isMismatch;
    }

    private void Enter(ulong generation, bool keepsBytes)
    {
        _generation = generation;
        _changeCount++;
        if (keepsBytes) return;
        Array.Clear(_image);
        _newest = None;
    }

    private bool IsWithin(int offset, int count) => offset >= 0 && count >= 0 && offset <= blockBytesMax - count;

    private int ByViewstamp(int left, int right)
    {
        ref readonly ExecutedOperation one = ref evidence.Executed(left);
        ref readonly ExecutedOperation other = ref evidence.Executed(right);
        return (one.Segment, one.Block, one.Viewstamp).CompareTo((other.Segment, other.Block, other.Viewstamp));
    }

    private int ByGeneration(int left, int right)
    {
        ref readonly WitnessedOperation one = ref evidence.Operation(left);
        ref readonly WitnessedOperation other = ref evidence.Operation(right);
        return (one.Segment, one.Block, one.Generation, one.Viewstamp).CompareTo((other.Segment, other.Block, other.Generation, other.Viewstamp));
    }

    private static (ulong Segment, int Block) BlockOf(in ExecutedOperation one) => (one.Segment, one.Block);

    private static (ulong Segment, int Block) BlockOf(in WitnessedOperation one) => (one.Segment, one.Block);

    private static (ulong Segment, int Block) Smaller((ulong Segment, int Block)? left, (ulong Segment, int Block)? right) =>
        right is null || (left is not null && left.Value.CompareTo(right.Value) <= 0) ? left!.Value : right.Value;

    private static int[] Unplaced(int count)
    {
        int[] places = new int[count];
        Array.Fill(places, None);
        return places;
    }
}
