using System.Runtime.InteropServices;
using OrleansPool.Core.Segments;
using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Witness;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Checks;

/// <summary>
/// What really happened: the committed stream of every segment, put together from what replicas know to be committed, and what clients asked and
/// were told. Two replicas that know different things committed under one sequence are a violation at once; the rest is for the witness.
/// </summary>
internal sealed class Truth(SimWorld world)
{
    private readonly Dictionary<SegmentId, TruthStream> _streams = [];
    private readonly Dictionary<Segment, ulong> _checked = [];
    private readonly Dictionary<(ulong Segment, ulong Session, ulong Number), ClientOperation> _expected = [];
    private readonly VersionWitness _witness = new(world.Options.BlockBytes);

    /// <summary>How many operations clients ended, and of them how many were answered.</summary>
    public (long Ended, long Answered) Counts { get; private set; }

    /// <summary>A client is about to ask for something.</summary>
    public void Expect(ClientOperation operation)
    {
        var request = operation.Operation.Request;
        if (request.Session != 0) _expected[(operation.Segment.Value, request.Session, request.Number)] = operation;
    }

    /// <summary>A client's operation has ended.</summary>
    public void Record(ClientOperation operation, WitnessedOutcome outcome, in OperationResult result, byte[]? bytes)
    {
        Counts = (Counts.Ended + 1, Counts.Answered + (outcome == WitnessedOutcome.Unknown ? 0 : 1));
        Operation asked = operation.Operation;
        WitnessedKind kind = operation.IsRead ? WitnessedKind.Read : KindOf(asked.Kind);
        if (kind == WitnessedKind.Take) return;
        bool isWord = kind is WitnessedKind.Add or WitnessedKind.CompareExchange;
        ulong content = kind == WitnessedKind.Read ? ContentHash.Of(bytes)
            : isWord ? ContentHash.OfWord(asked.Operand, asked.Expected) : ContentHash.Of(asked.Bytes.Span);
        bool isAnswered = outcome is WitnessedOutcome.Ok or WitnessedOutcome.Mismatch;
        _witness.Record(new WitnessedOperation
        {
            Id = operation.Id,
            Client = operation.Client,
            Kind = kind,
            Outcome = outcome,
            Segment = operation.Segment.Value,
            Block = asked.Block,
            Generation = asked.Key.Generation,
            Offset = asked.Offset,
            Count = kind == WitnessedKind.Read ? operation.Count : isWord ? sizeof(long) : asked.Bytes.Length,
            ContentHash = content,
            Value = isAnswered && kind != WitnessedKind.Read ? result.Value : 0,
            Session = asked.Request.Session,
            Number = asked.Request.Number,
            InvokedAt = operation.InvokedAt,
            CompletedAt = outcome == WitnessedOutcome.Unknown ? long.MaxValue : world.Queue.Now,
            Viewstamp = isAnswered ? new Viewstamp(0, result.Sequence) : default,
        });
    }

    /// <summary>A client was told that a segment is lost.</summary>
    public void MarkLost(SegmentId segment, long at) => _witness.MarkLost(segment.Value, at);

    /// <summary>The stream of a segment; null before anything was committed.</summary>
    public TruthStream? Find(SegmentId segment) => _streams.GetValueOrDefault(segment);

    /// <summary>Looks at what a replica knows to be committed.</summary>
    public void Observe(Segment segment)
    {
        OperationLog log = segment.Log;
        ref ulong seen = ref CollectionsMarshal.GetValueRefOrAddDefault(_checked, segment, out _);
        ulong last = LastCommitted(log);
        if (last <= seen) return;
        if (!_streams.TryGetValue(segment.Id, out TruthStream? stream))
        {
            _streams.Add(segment.Id, stream = new TruthStream(segment.Geometry.BlockCount, segment.Geometry.BlockBytes));
        }

        ulong before = stream.Last;
        for (ulong sequence = Math.Max(seen + 1, log.First); sequence <= last; sequence++)
        {
            ref LogEntry entry = ref log[sequence];
            ulong digest = Digest(entry, log.BytesOf(entry));
            if (sequence <= stream.Last)
            {
                if (stream.DigestOf(sequence) != digest) world.Invariants.Violate($"segment {segment.Id}: two operations are committed under sequence {sequence}");
            }
            else if (sequence == stream.Last + 1)
            {
                stream.Append(entry, log.BytesOf(entry), digest);
                Tell(stream, segment.Id, entry, log.BytesOf(entry));
            }
            else
            {
                world.Invariants.Violate($"segment {segment.Id}: sequence {sequence} is committed, and {stream.Last + 1} was never seen to be");
            }
        }

        seen = last;
        if (stream.Last > before) world.Members.OnCommitted(segment.Id, stream.Last);
    }

    /// <summary>
    /// The last operation that is committed, although one before it, on other blocks, may not be yet: every member has both, so both stay.
    /// </summary>
    private static ulong LastCommitted(OperationLog log)
    {
        ulong last = log.Last;
        while (last > log.Committed && !log[last].IsCommitted) last--;
        return last;
    }

    /// <summary>Holds everything against everything.</summary>
    public WitnessReport Check() => _witness.Check();

    private static WitnessedKind KindOf(OperationKind kind) => kind switch
    {
        OperationKind.Write => WitnessedKind.Write,
        OperationKind.Add => WitnessedKind.Add,
        OperationKind.CompareExchange => WitnessedKind.CompareExchange,
        _ => WitnessedKind.Take,
    };

    private static ulong Digest(in LogEntry entry, ReadOnlySpan<byte> bytes)
    {
        ulong fields = entry.Sequence + (entry.Epoch << 20) + ((ulong)entry.Kind << 40) + ((ulong)entry.Status << 48) + ((ulong)(uint)entry.Block << 8) + (ulong)(uint)entry.Offset;
        return ContentHash.Of(bytes) ^ (fields * 0x9E3779B97F4A7C15) ^ (entry.Session * 0xC2B2AE3D27D4EB4F) ^ (entry.Number * 0x165667B19E3779F9) ^ (ulong)entry.Value;
    }

    private void Tell(TruthStream stream, SegmentId segment, in LogEntry entry, ReadOnlySpan<byte> bytes)
    {
        var viewstamp = new Viewstamp(0, entry.Sequence);
        if (entry.Kind is OperationKind.Alloc or OperationKind.Transfer)
        {
            WitnessedKind kind = entry.Kind == OperationKind.Alloc ? WitnessedKind.Take : WitnessedKind.Transfer;
            foreach (int block in stream.BlocksOf(entry.Block))
            {
                _witness.RecordExecuted(new ExecutedOperation { Kind = kind, Segment = segment.Value, Viewstamp = viewstamp, Block = block, Generation = entry.Sequence });
            }

            return;
        }

        if (KindOf(entry.Kind) == WitnessedKind.Take) return;
        Operation asked = default;
        if (_expected.TryGetValue((segment.Value, entry.Session, entry.Number), out ClientOperation? operation)) asked = operation.Operation;
        _witness.RecordExecuted(new ExecutedOperation
        {
            Kind = KindOf(entry.Kind),
            IsMismatch = entry.Status == Grains.OperationStatus.Mismatch,
            Segment = segment.Value,
            Viewstamp = viewstamp,
            Session = entry.Session,
            Number = entry.Number,
            Block = entry.Block,
            Generation = asked.Key.Generation,
            Offset = entry.Offset,
            Bytes = entry.Kind == OperationKind.Write ? bytes.ToArray() : default,
            Operand = asked.Operand,
            Expected = asked.Expected,
            Value = entry.Value,
        });
    }
}
