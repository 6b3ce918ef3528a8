using OrleansPool.Core.Wire;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Client;

/// <summary>
/// A client's way to one node: a connection for each lane, made when it is first needed and made anew after it has ended, with a back-off
/// that grows and is drawn at random, so that a thousand clients do not come back at once.
/// </summary>
/// <remarks>Thread-safe. Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class NodeLink : IDisposable
{
    private readonly DataClient _client;
    private readonly LaneState[] _lanes = [new(), new(), new()];
    private bool _isDisposed;

    internal NodeLink(DataClient client, DataEndpoint endpoint, NodeIncarnation node)
    {
        _client = client;
        Endpoint = endpoint;
        Node = node;
    }

    /// <summary>Where the node listens.</summary>
    public DataEndpoint Endpoint { get; }

    /// <summary>The node, in the life that is meant.</summary>
    public NodeIncarnation Node { get; }

    /// <summary>The lane's connection, if it is there.</summary>
    public DataConnection? TryGet(Lane lane) => _lanes[(int)lane].Connection is { IsEnded: false, IsDraining: false } connection ? connection : null;

    /// <summary>The lane's connection, which is made if it is not there.</summary>
    /// <exception cref="ConnectionLostException">There is none, and none can be made now.</exception>
    public ValueTask<DataConnection> GetAsync(Lane lane, CancellationToken cancellationToken) =>
        TryGet(lane) is { } connection ? new ValueTask<DataConnection>(connection) : ConnectAsync(lane, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        Volatile.Write(ref _isDisposed, true);
        foreach (LaneState lane in _lanes)
        {
            DataConnection? connection;
            lock (lane) connection = lane.Connection; // after an attempt that has not seen the end of the link
            connection?.Dispose();
        }
    }

    private async ValueTask<DataConnection> ConnectAsync(Lane lane, CancellationToken cancellationToken)
    {
        Task<DataConnection> attempt;
        LaneState state = _lanes[(int)lane];
        lock (state)
        {
            if (TryGet(lane) is { } connection) return connection;
            if (Volatile.Read(ref _isDisposed)) throw new ConnectionLostException($"The connection to {Endpoint} was closed.", RefusalReason.Leaving, isUnsent: true);
            if (state.Attempt is null && Environment.TickCount64 < state.NotBefore)
            {
                throw new ConnectionLostException($"No connection to {Endpoint}: {state.Failure}.", state.Reason, isUnsent: true);
            }

            attempt = state.Attempt ??= AttemptAsync(lane, state);
        }

        return await attempt.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<DataConnection> AttemptAsync(Lane lane, LaneState state)
    {
        await Task.Yield();
        try
        {
            DataConnection connection = await _client.ConnectAsync(Endpoint, Node, lane).ConfigureAwait(false);
            lock (state)
            {
                state.Connection = connection;
                state.Attempt = null;
                state.FailureCount = 0;
            }

            if (Volatile.Read(ref _isDisposed)) connection.Dispose();
            return connection;
        }
        catch (Exception e)
        {
            lock (state)
            {
                state.Attempt = null;
                state.NotBefore = Environment.TickCount64 + _client.BackOff(state.FailureCount++);
                state.Failure = e.Message;
                state.Reason = (e as HandshakeException)?.Reason ?? RefusalReason.Unknown;
            }

            throw new ConnectionLostException($"No connection to {Endpoint}: {e.Message}.", (e as HandshakeException)?.Reason ?? RefusalReason.Unknown, isUnsent: true, e);
        }
    }

    private sealed class LaneState
    {
        private DataConnection? _connection;

        public DataConnection? Connection
        {
            get => Volatile.Read(ref _connection);
            set => Volatile.Write(ref _connection, value);
        }

        public Task<DataConnection>? Attempt { get; set; }

        public int FailureCount { get; set; }

        public long NotBefore { get; set; }

        public string Failure { get; set; } = "";

        public RefusalReason Reason { get; set; }
    }
}
