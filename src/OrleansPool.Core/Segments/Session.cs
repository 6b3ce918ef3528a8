using OrleansPool.Grains;

namespace OrleansPool.Core.Segments;

/// <summary>
/// One client's exactly-once requests: the results of those that it may still ask about, in a ring.
/// <code>lowest unanswered &lt;= number of a kept result &lt; lowest unanswered + window</code>
/// </summary>
internal sealed class Session(ulong id, Tick now)
{
    private readonly (ulong Number, OperationResult Result)[] _results = new (ulong, OperationResult)[RequestId.WindowCount];
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

        ref (ulong Number, OperationResult Result) slot = ref _results[number % RequestId.WindowCount];
        if (slot.Number != number) return SessionAdmission.Execute;
        result = slot.Result;
        return SessionAdmission.Replay;
    }

    public void Record(ulong number, in OperationResult result) => _results[number % RequestId.WindowCount] = (number, result);
}
