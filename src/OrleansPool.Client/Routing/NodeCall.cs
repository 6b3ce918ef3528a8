using System.Diagnostics;
using Orleans.Runtime.Messaging;
using OrleansPool.Client.Telemetry;
using OrleansPool.Grains;
using OrleansPool.Transport.Client;

namespace OrleansPool.Client.Routing;

/// <summary>
/// One call to a node with its retries. A call that fails because the node did not answer is tried again, unchanged, until it is
/// answered, the node is known to be gone, or the patience is used up. A call whose repetition is told by its outcome (a write by its
/// request id, a release or a transfer by its generation) may go through here; taking a lease may, because what nobody claims runs out.
/// </summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
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
    /// <param name="indeterminate">
    /// The error of a call that changes something, when the patience is used up and an attempt may have been carried out; null for a
    /// call that changes nothing, which may be tried again at will.
    /// </param>
    /// <param name="waitsForAttempt">
    /// Whether an attempt ends by itself when it is cancelled: one that fills the caller's memory must have ended before the caller has it back.
    /// </param>
    public async ValueTask<T> RunAsync<T>(
        NodeId home, Func<int, Task<T>> attempt, CancellationToken cancellationToken, Func<Exception, PoolException>? indeterminate = null,
        bool waitsForAttempt = false)
    {
        long started = time.GetTimestamp();
        bool mayHaveRun = false;
        TimeSpan backOff = BackOffFirst;
        for (int tries = 0; ; tries++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Exception failure;
            try
            {
                return waitsForAttempt ? await attempt(tries) : await attempt(tries).WaitAsync(cancellationToken);
            }
            catch (Exception e) when (IsNoAnswer(e))
            {
                failure = e;
                mayHaveRun |= !IsUnsent(e);
            }

            topology.Invalidate();
            switch (await StatusAsync(home, cancellationToken))
            {
                case NodeStatus.Dead: throw PoolErrors.Lost(null, home);
                case NodeStatus.Unknown: throw PoolErrors.Unknown(home);
            }

            if (time.GetElapsedTime(started) >= patience)
            {
                throw mayHaveRun && indeterminate is not null ? indeterminate(failure) : PoolErrors.Unavailable(home, failure);
            }

            await Task.Delay(backOff, time, cancellationToken);
            backOff = TimeSpan.FromTicks(Math.Min(backOff.Ticks * 2, BackOffMax.Ticks));
        }
    }

    /// <summary>Makes a call that moves bytes, with an activity, and tells how long it took and what it moved.</summary>
    /// <param name="operation">What is done.</param>
    /// <param name="blocks">To how many blocks.</param>
    /// <param name="bytes">How many bytes are moved.</param>
    /// <param name="home">The node that it is meant for.</param>
    /// <param name="attempt">Makes one attempt; gets the number of attempts before it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <param name="indeterminate">See <see cref="RunAsync"/>.</param>
    /// <param name="waitsForAttempt">See <see cref="RunAsync"/>.</param>
    public async ValueTask<T> RunToldAsync<T>(
        PoolOperation operation, int blocks, long bytes, NodeId home, Func<int, Task<T>> attempt, CancellationToken cancellationToken,
        Func<Exception, PoolException>? indeterminate = null, bool waitsForAttempt = false)
    {
        using Activity? activity = PoolTelemetry.Start(operation == PoolOperation.Read ? "read" : "write", kind: ActivityKind.Client);
        activity?.SetTag("orleanspool.node", home.ToString()).SetTag("orleanspool.bytes", bytes);
        long started = time.GetTimestamp();
        try
        {
            T reply = await RunAsync(home, attempt, cancellationToken, indeterminate, waitsForAttempt);
            PoolTelemetry.RecordDuration(operation, PoolPath.Remote, time.GetElapsedTime(started));
            PoolTelemetry.Count(operation, PoolPath.Remote, blocks, bytes);
            return reply;
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.Message);
            throw;
        }
    }

    /// <summary>Whether a call failed because nobody answered it.</summary>
    internal static bool IsNoAnswer(Exception e) =>
        e is SiloUnavailableException or OrleansMessageRejectionException or TimeoutException or ConnectionFailedException
            or ClientNotAvailableException or ConnectionLostException;

    /// <summary>Whether a call certainly did not reach anybody.</summary>
    internal static bool IsUnsent(Exception e) => e is ConnectionFailedException or ClientNotAvailableException or ConnectionLostException { IsUnsent: true };

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
