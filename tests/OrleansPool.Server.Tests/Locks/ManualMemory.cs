using OrleansPool.Grains;
using OrleansPool.Server.Locks;

namespace OrleansPool.Server.Tests.Locks;

/// <summary>Memory whose owners acknowledge fences when the test says so; and which checks that no older fence comes over a newer one.</summary>
internal sealed class ManualMemory : ILockedMemory
{
    private readonly Queue<TaskCompletionSource> _held = new();
    private readonly Queue<LockStatus> _planned = new();

    /// <summary>Whether acknowledgements wait for <see cref="Acknowledge"/>.</summary>
    public bool IsSlow { get; set; }

    /// <summary>The newest fence that an owner knows.</summary>
    public ulong Newest { get; set; }

    public int AskedCount { get; private set; }

    public void Plan(params LockStatus[] answers) => Array.ForEach(answers, _planned.Enqueue);

    public void Acknowledge() => _held.Dequeue().SetResult();

    public ValueTask<LockStatus> CheckAsync(LockRequest request) => new(LockStatus.Held);

    public async ValueTask<(LockStatus Status, ulong Newest)> FenceAsync(LockRequest request, ulong fence, ulong[] earlier, ulong[] living)
    {
        AskedCount++;
        Assert.Contains(fence, living);
        if (IsSlow)
        {
            var held = new TaskCompletionSource();
            _held.Enqueue(held);
            await held.Task;
        }

        if (_planned.TryDequeue(out LockStatus planned))
        {
            if (planned == LockStatus.AskAgain) throw new PoolUnavailableException("The owner does not answer.", TimeSpan.Zero);
            return (planned, Newest);
        }

        if (fence < Newest) return (LockStatus.NotHeld, Newest);
        Newest = fence;
        return (LockStatus.Held, Newest);
    }
}
