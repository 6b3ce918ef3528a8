using System.Threading.Tasks.Sources;
using OrleansPool.Core.Segments;

namespace OrleansPool.Server.Nodes;

/// <summary>Lets a caller await an operation that had to wait for a busy segment. Reused; a stale await fails by its version.</summary>
internal sealed class OperationCompletion : IOperationCompletion, IValueTaskSource<OperationResult>
{
    [ThreadStatic]
    private static OperationCompletion? t_spare;

    private ManualResetValueTaskSourceCore<OperationResult> _core = new() { RunContinuationsAsynchronously = true };

    public static OperationCompletion Rent()
    {
        OperationCompletion? spare = t_spare;
        t_spare = null;
        return spare ?? new OperationCompletion();
    }

    public ValueTask<OperationResult> Task => new(this, _core.Version);

    public void Return()
    {
        _core.Reset();
        t_spare = this;
    }

    public void Complete(in OperationResult result) => _core.SetResult(result);

    public OperationResult GetResult(short token)
    {
        OperationResult result = _core.GetResult(token);
        Return();
        return result;
    }

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
