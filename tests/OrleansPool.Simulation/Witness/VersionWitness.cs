namespace OrleansPool.Simulation.Witness;

/// <summary>
/// Checks every operation of a run against the truth of the streams, in O(n log n): clients' operations are found in the stream by request id, the stream
/// is replayed block by block, and reads are held against the bytes of the viewstamp that they report.
/// </summary>
/// <remarks>
/// <para>
/// A black-box checker has to search for an order that explains all answers. Here every answer says its viewstamp, so there is but one order to verify:
/// millions of operations instead of hundreds.
/// </para>
/// <para>
/// Tell it every operation that any client began, whatever came of it, and every committed operation of every stream that writes bytes or begins a
/// generation; in any order, any time before <see cref="Check"/>. A generation of which it was told neither the <see cref="WitnessedKind.Take"/> nor the
/// <see cref="WitnessedKind.Transfer"/> begins with zeros, so takes may be left out where blocks are never transferred. Not for several threads.
/// </para>
/// <para>
/// Memory: 112 bytes for each operation of a client, 104 and the bytes written for each in a stream, in pages; during a check 16 bytes of
/// indices more for each, and 12 for those being sorted.
/// </para>
/// </remarks>
/// <param name="blockBytesMax">Size of the largest block.</param>
public sealed class VersionWitness(int blockBytesMax)
{
    private readonly Evidence _evidence = new();
    private readonly Dictionary<ulong, long> _lostAt = [];

    /// <summary>A client's operation: once, when its outcome is known or the run ends.</summary>
    /// <exception cref="ArgumentException">It ended before it began, or has an outcome exactly while it has no end.</exception>
    public void Record(in WitnessedOperation operation)
    {
        bool isUnknown = operation.Outcome == WitnessedOutcome.Unknown;
        if (operation.CompletedAt < operation.InvokedAt || isUnknown != (operation.CompletedAt == long.MaxValue))
            throw new ArgumentException($"{operation} completed at {operation.CompletedAt}: only an unknown outcome is never complete.", nameof(operation));
        _evidence.Add(operation);
    }

    /// <summary>A committed operation of a stream: once, by whoever knows that it is committed.</summary>
    public void RecordExecuted(in ExecutedOperation executed) => _evidence.Add(executed);

    /// <summary>A segment is lost: operations on it that are asked for after this moment may only fail.</summary>
    public void MarkLost(ulong segment, long at) => _lostAt[segment] = Math.Min(at, _lostAt.GetValueOrDefault(segment, long.MaxValue));

    /// <summary>Checks all that it was told so far.</summary>
    public WitnessReport Check()
    {
        _evidence.ForgetViolations();
        CheckLost();
        var match = new RequestMatch(_evidence);
        match.Run();
        var replay = new BlockReplay(_evidence, blockBytesMax);
        replay.Run();
        var clock = new RealTimeOrder(_evidence);
        clock.Check(one => match.RankOf(one) >= 0, match.RankOf, one => (_evidence.Operation(one).Segment, 0), "the stream");
        clock.Check(
            one => replay.PlaceOf(one, match) >= 0,
            one => replay.PlaceOf(one, match),
            one => (_evidence.Operation(one).Segment, _evidence.Operation(one).Block),
            "versions of the block");
        return new WitnessReport(
            _evidence.OperationCount, _evidence.ExecutedCount, replay.ReadCount, _evidence.ViolationCount, _evidence.Violations);
    }

    private void CheckLost()
    {
        if (_lostAt.Count == 0) return;
        for (int index = 0; index < _evidence.OperationCount; index++)
        {
            ref readonly WitnessedOperation one = ref _evidence.Operation(index);
            if (one.Outcome is WitnessedOutcome.Ok or WitnessedOutcome.Mismatch && _lostAt.TryGetValue(one.Segment, out long at) && one.InvokedAt > at)
                _evidence.Violate(ViolationKind.ServedThoughLost, $"{one} did not fail, though its segment was lost at {at}");
        }
    }
}
