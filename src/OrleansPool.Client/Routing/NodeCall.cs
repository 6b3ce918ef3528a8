using Orleans.Runtime.Messaging;
using OrleansPool.Grains;

namespace OrleansPool.Client.Routing;

/// <summary>
/// One call to a node with its retries. A call that fails because the node did not answer is tried again, unchanged, until it is
/// answered, the node is known to be gone, or the patience is used up. Only calls that are harmless to repeat go through here.
/// </summary>
public sealed class NodeCall(INodeTopology topology, TimeProvider time, TimeSpan patience)
{
    /// <summary>How long a call is tried unless the options say otherwise.</summary>
    public static readonly TimeSpan PatienceDefault = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan BackOffFirst = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan BackOffMax = TimeSpan.FromSeconds(1);

    /// <summary>Makes the call.</summary>
    /// <param name="home">The node that it is meant for.</param>
    /// <param name="attempt">Makes one attempt; gets the number of attempts before it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask<T> RunAsync<T>(NodeId home, Func<int, Task<T>> attempt, CancellationToken cancellationToken)
    {
        long started = time.GetTimestamp();
        TimeSpan backOff = BackOffFirst;
        for (int tries = 0; ; tries++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Exception failure;
            try
            {
                return await attempt(tries).WaitAsync(cancellationToken);
            }
            catch (Exception e) when (IsNoAnswer(e))
            {
                failure = e;
            }

            topology.Invalidate();
            switch (await StatusAsync(home, cancellationToken))
            {
                case NodeStatus.Dead: throw PoolErrors.Lost(null, home);
                case NodeStatus.Unknown: throw PoolErrors.Unknown(home);
            }

            if (time.GetElapsedTime(started) > patience) throw PoolErrors.Unavailable(home, failure);
            await Task.Delay(backOff, time, cancellationToken);
            backOff = TimeSpan.FromTicks(Math.Min(backOff.Ticks * 2, BackOffMax.Ticks));
        }
    }

    /// <summary>Whether a call failed because nobody answered, and may be made again if that is harmless.</summary>
    internal static bool IsNoAnswer(Exception e) =>
        e is SiloUnavailableException or OrleansMessageRejectionException or TimeoutException or ConnectionFailedException
            or ClientNotAvailableException;

    private async ValueTask<NodeStatus> StatusAsync(NodeId home, CancellationToken cancellationToken)
    {
        try
        {
            return await topology.GetStatusAsync(home, cancellationToken);
        }
        catch (Exception e) when (IsNoAnswer(e))
        {
            return NodeStatus.Silent;
        }
    }
}
