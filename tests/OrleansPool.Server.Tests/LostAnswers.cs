using OrleansPool.Grains;

namespace OrleansPool.Server.Tests;

/// <summary>
/// Loses answers of the grains that lead to memory on their way back: the call is carried out, and its caller hears a timeout, as when a connection
/// breaks at the wrong moment.
/// </summary>
public sealed class LostAnswers
{
    private volatile Func<string, ValueTask<bool>>? _isLost;
    private volatile string? _silent;

    /// <summary>Loses answers until disposed.</summary>
    /// <param name="isLost">Told the method of each call that has been carried out, decides.</param>
    public IDisposable Lose(Func<string, ValueTask<bool>> isLost)
    {
        _isLost = isLost;
        return new Scope(this);
    }

    /// <summary>Loses the first answer of a method.</summary>
    /// <param name="method">Name of the method of <see cref="INodePoolGrain"/> or <see cref="ICacheGrain"/>.</param>
    /// <param name="then">What happens while the caller waits.</param>
    public IDisposable LoseFirst(string method, Func<Task>? then = null)
    {
        int lost = 0;
        return Lose(async called =>
        {
            if (called != method || Interlocked.Exchange(ref lost, 1) == 1) return false;
            if (then is not null) await then();
            return true;
        });
    }

    /// <summary>Loses every answer of one node's own grains.</summary>
    /// <param name="node">The silo's address, with which the grains' keys begin.</param>
    public IDisposable LoseOf(string node)
    {
        _silent = node;
        return new Scope(this);
    }

    public async Task FilterAsync(IIncomingGrainCallContext call)
    {
        await call.Invoke();
        Type? called = call.InterfaceMethod.DeclaringType;
        bool isMemory = called == typeof(INodePoolGrain) || called == typeof(ICacheGrain);
        if (isMemory && _isLost is { } isLost && await isLost(call.InterfaceMethod.Name))
        {
            throw new TimeoutException("The answer was lost.");
        }

        if (_silent is { } silent && called == typeof(INodePoolGrain) && call.TargetId.Key.ToString()!.StartsWith(silent, StringComparison.Ordinal))
        {
            throw new TimeoutException("The answer was lost.");
        }
    }

    private sealed class Scope(LostAnswers owner) : IDisposable
    {
        public void Dispose() => (owner._isLost, owner._silent) = (null, null);
    }
}
