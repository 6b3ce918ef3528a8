using OrleansPool.Grains;

namespace OrleansPool.Core.Segments;

/// <summary>
/// One client's exactly-once requests: the results of those that it may still ask about, in a ring.
/// <code>lowest unanswered &lt;= number of a kept result &lt; lowest unanswered + window</code>
/// </summary>
internal sealed class Session(ulong id, Tick now)
{
    private readonly Kept[] _results = new Kept[RequestId.WindowCount];
    private Dictionary<ulong, LeaseView>? _leases; // of results that have one, which writes have not
    private ulong _lowestUnanswered = 1;

    public ulong Id => id;

    public Tick LastUsed { get; private set; } = now;

    public SessionAdmission Admit(ulong number, ulong lowestUnanswered, Tick now, out OperationResult result)
    {
        result = default;
        LastUsed = now;
        _lowestUnanswered = Math.Max(_lowestUnanswered, lowestUnanswered);
        if (number < _lowestUnanswered) return SessionAdmission.Indeterminate;
        if (number >= _lowestUnanswered + RequestId.WindowCount) return SessionAdmission.TooManyOutstanding;

        ref readonly Kept slot = ref _results[number % RequestId.WindowCount];
        if (slot.Number != number) return SessionAdmission.Execute;
        result = new OperationResult(slot.Status, slot.Sequence, slot.Value)
        {
            Lease = _leases is null ? default : _leases.GetValueOrDefault(number),
        };
        return SessionAdmission.Replay;
    }

    public void Record(ulong number, in OperationResult result)
    {
        ref Kept slot = ref _results[number % RequestId.WindowCount];
        _leases?.Remove(slot.Number);
        slot = new Kept(number, result.Sequence, result.Value, result.Status);
        if (result.Lease.Runs is not null) (_leases ??= [])[number] = result.Lease;
    }

    private readonly record struct Kept(ulong Number, ulong Sequence, long Value, OperationStatus Status);
}
