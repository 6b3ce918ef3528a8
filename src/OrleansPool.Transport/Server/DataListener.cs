using Microsoft.Extensions.Logging;
using OrleansPool.Core.Wire;
using OrleansPool.Transport.Channels;
using OrleansPool.Transport.Frames;

namespace OrleansPool.Transport.Server;

/// <summary>A node's data plane: takes connections, has them prove themselves, and serves them.</summary>
/// <remarks>
/// Limits: so many connections, so many of them unproven, so long for a handshake, so long in the middle of a frame, so long silent. What
/// exceeds one ends that connection with a reason, a log line and a count.
/// Thread-safe. Public for the other assemblies of OrleansPool only: it may change in any version.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed partial class DataListener : IAsyncDisposable
{
    private readonly IAcceptor _acceptor;
    private readonly IDataService _service;
    private readonly TransportOptions _options;
    private readonly ILogger _logger;
    private readonly ReaderThreads _readers;
    private readonly HashSet<ServedConnection> _connections = [];
    private readonly ListenerCounters _counters = new();
    private readonly Timer _sweeps;
    private int _unprovenCount;
    private bool _isDraining;

    /// <summary>Begins to serve.</summary>
    public DataListener(IAcceptor acceptor, IDataService service, TransportOptions options, ILogger<DataListener> logger)
    {
        ArgumentNullException.ThrowIfNull(acceptor);
        ArgumentNullException.ThrowIfNull(options);
        _acceptor = acceptor;
        _service = service;
        _options = options;
        _logger = logger;
        _readers = new ReaderThreads(options);
        TimeSpan interval = TimeSpan.FromTicks(Math.Min(options.StallMax.Ticks, options.IdleMax.Ticks) / 8);
        _sweeps = new Timer(static state => ((DataListener)state!).Sweep(), this, interval, interval);
        _ = AcceptAllAsync();
    }

    /// <summary>Where it listens.</summary>
    public DataEndpoint Endpoint => _acceptor.Endpoint;

    /// <summary>What happened since it began.</summary>
    public ListenerCounters Counters => _counters;

    /// <summary>Connections that are served now.</summary>
    public int ConnectionCount
    {
        get
        {
            lock (_connections) return _connections.Count;
        }
    }

    /// <summary>Threads that wait for requests now.</summary>
    internal int ReaderThreadCount => _readers.ThreadCount;

    /// <summary>Connections that have not said who they are.</summary>
    internal int UnprovenCount => Volatile.Read(ref _unprovenCount);

    /// <summary>The most bytes that one connection makes the node hold now: to be sent, or of requests under way.</summary>
    internal long HeldBytesOfOne
    {
        get
        {
            lock (_connections) return _connections.Count == 0 ? 0 : _connections.Max(connection => connection.PendingBytes + connection.Receiver.HeldBytes);
        }
    }

    /// <summary>Tells every client that the node is about to leave, and waits until what is under way has been answered.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        ServedConnection[] connections;
        lock (_connections)
        {
            _isDraining = true;
            connections = [.. _connections];
        }

        foreach (ServedConnection connection in connections) connection.Drain();
        while (connections.Any(connection => !connection.Receiver.IsEnded && (connection.PutOffCount > 0 || connection.PendingBytes > 0)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _acceptor.Dispose();
        await _sweeps.DisposeAsync().ConfigureAwait(false);
        ServedConnection[] connections;
        lock (_connections)
        {
            _isDraining = true;
            connections = [.. _connections];
        }

        foreach (ServedConnection connection in connections) connection.Receiver.Refuse(RefusalReason.Leaving, "the node has left");
    }

    private async Task AcceptAllAsync()
    {
        while (await _acceptor.AcceptAsync().ConfigureAwait(false) is { } incoming)
        {
            if (Volatile.Read(ref _unprovenCount) >= _options.UnprovenMax)
            {
                _counters.Refuse(RefusalReason.TooManyConnections);
                LogUnproven(incoming.RemoteName, _options.UnprovenMax);
                incoming.Dispose();
                continue;
            }

            Interlocked.Increment(ref _unprovenCount);
            _ = AdmitAsync(incoming);
        }
    }

    private async Task AdmitAsync(IIncoming incoming)
    {
        IByteChannel? channel = null;
        using var time = new CancellationTokenSource(_options.HandshakeMax);
        try
        {
            channel = await incoming.OpenAsync(time.Token).ConfigureAwait(false);
            byte[] frame = await Handshake.ReceiveAsync(channel, Hello.FrameBytesMax, time.Token).ConfigureAwait(false);
            FrameHeader.TryRead(frame, Hello.FrameBytesMax, out FrameHeader header);
            if (header.Type != FrameType.Hello
                || !Hello.TryRead(frame.AsSpan(FrameHeader.Size, header.FieldsLength), frame.AsSpan(FrameHeader.Size + header.FieldsLength), out Hello? hello))
            {
                throw new HandshakeException(RefusalReason.Malformed, "the connection does not begin with a greeting");
            }

            Admission admission = await ExamineAsync(hello, incoming.RemoteName).AsTask().WaitAsync(time.Token).ConfigureAwait(false);
            if (admission.Principal is not { } principal) throw new HandshakeException(admission.Refusal!.Reason, admission.Refusal.Message);
            var welcome = new Welcome(
                WireVersions.Choose(hello.OldestVersion, hello.NewestVersion), _service.Node, WireFeatures.None, _options.FrameBytesMax, _options.OutstandingMax);
            if (!await channel.SendAsync(welcome.ToFrame(), time.Token).ConfigureAwait(false)) throw new HandshakeException(RefusalReason.Unknown, "the other end went away");
            Serve(channel, principal, hello.Lane);
            channel = null;
        }
        catch (HandshakeException e)
        {
            _counters.Refuse(e.Reason);
            LogRefused(incoming.RemoteName, e.Reason, e.Message);
            channel?.TrySend(new Refusal(e.Reason, e.Message).ToFrame(), out _);
        }
        catch (OperationCanceledException)
        {
            _counters.Refuse(RefusalReason.TooSlow);
            LogRefused(incoming.RemoteName, RefusalReason.TooSlow, $"the handshake took more than {_options.HandshakeMax.TotalSeconds} s");
            channel?.TrySend(new Refusal(RefusalReason.TooSlow, "the handshake took too long").ToFrame(), out _);
        }
        catch (Exception e)
        {
            _counters.Refuse(RefusalReason.Fault);
            LogRefused(incoming.RemoteName, RefusalReason.Fault, e.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _unprovenCount);
            channel?.Dispose();
            incoming.Dispose();
        }
    }

    private async ValueTask<Admission> ExamineAsync(Hello hello, string remoteName)
    {
        if (WireVersions.Choose(hello.OldestVersion, hello.NewestVersion) == 0)
        {
            return Admission.Refused(
                RefusalReason.NoCommonVersion,
                $"versions {hello.OldestVersion} to {hello.NewestVersion} are spoken there, {WireVersions.Oldest} to {WireVersions.Newest} here");
        }

        if (hello.Cluster != _service.Cluster)
        {
            return Admission.Refused(RefusalReason.WrongCluster, $"this is a node of cluster '{_service.Cluster}', not of '{hello.Cluster}'");
        }

        if (hello.Target.Value != 0 && hello.Target != _service.Node)
        {
            return Admission.Refused(RefusalReason.WrongIncarnation, "the node that is meant is not here any more");
        }

        lock (_connections) ThrowIfFull();
        return await _service.AdmitAsync(hello, remoteName).ConfigureAwait(false);
    }

    private void ThrowIfFull()
    {
        if (_isDraining) throw new HandshakeException(RefusalReason.Leaving, "the node is about to leave");
        if (_connections.Count >= _options.ConnectionsMax)
        {
            throw new HandshakeException(RefusalReason.TooManyConnections, $"there are {_options.ConnectionsMax} connections already");
        }
    }

    private void Serve(IByteChannel channel, Principal principal, Lane lane)
    {
        var connection = new ServedConnection(channel, _service, principal, lane, _options, OnEnded);
        lock (_connections)
        {
            // Others were admitted, or the node began to leave, while this one was examined.
            ThrowIfFull();
            _connections.Add(connection);
        }

        _counters.Admit();
        LogAdmitted(channel.RemoteName, principal.Name, lane);
        _readers.Start(connection.Receiver);
    }

    private void OnEnded(ServedConnection connection, RefusalReason reason, string message)
    {
        lock (_connections) _connections.Remove(connection);
        _counters.End(reason);
        if (reason is RefusalReason.Unknown or RefusalReason.Leaving) LogEnded(connection.Receiver.Channel.RemoteName, message);
        else LogBroken(connection.Receiver.Channel.RemoteName, reason, message);
    }

    private void Sweep()
    {
        long now = Environment.TickCount64;
        ServedConnection[] connections;
        lock (_connections) connections = [.. _connections];
        foreach (ServedConnection connection in connections)
        {
            long since = connection.Receiver.InFrameSince;
            if (since != long.MaxValue && now - since > _options.StallMax.TotalMilliseconds)
            {
                connection.Receiver.Refuse(RefusalReason.TooSlow, $"a frame took more than {_options.StallMax.TotalSeconds} s to arrive");
            }
            else if (now - connection.Receiver.HeardAt > _options.IdleMax.TotalMilliseconds && connection is { PutOffCount: 0, PendingBytes: 0 })
            {
                connection.Receiver.Refuse(RefusalReason.TooSlow, $"the connection was silent for more than {_options.IdleMax.TotalSeconds} s");
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Data connection from {Remote} ({Caller}, {Lane} lane)")]
    private partial void LogAdmitted(string remote, string caller, Lane lane);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused a data connection from {Remote}: {Reason}: {Message}")]
    private partial void LogRefused(string remote, RefusalReason reason, string message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Closed a data connection from {Remote} unheard: {Count} others have not proven themselves yet")]
    private partial void LogUnproven(string remote, int count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Data connection from {Remote} ended: {Message}")]
    private partial void LogEnded(string remote, string message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Ended a data connection from {Remote}: {Reason}: {Message}")]
    private partial void LogBroken(string remote, RefusalReason reason, string message);
}
