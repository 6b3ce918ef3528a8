using System.Net;
using System.Net.Sockets;

namespace OrleansPool.Cluster.Tests.DataPorts;

/// <summary>
/// Stands between clients and a silo's data port, on the same port of another loopback address, and can be cut or held up while
/// everything else of the silo goes on.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private static readonly IPAddress Outside = IPAddress.Parse("127.0.0.2");

    private readonly Lock _lock = new();
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _work = [];
    private readonly int _port;
    private TcpListener? _listener;
    private TaskCompletionSource _flows = Opened();
    private int _connectionCount;
    private long _byteCount;

    /// <summary>Begins to listen.</summary>
    /// <param name="port">The data port.</param>
    public Relay(int port)
    {
        _port = port;
        Listen();
    }

    /// <summary>What a silo must be told, so that clients come here.</summary>
    public string[] Settings =>
        ["--OrleansPool:DataAddress", $"{IPAddress.Loopback}", "--OrleansPool:DataPort", $"{_port}", "--OrleansPool:DataAdvertisedHost", $"{Outside}"];

    /// <summary>Connections that clients have made so far.</summary>
    public int ConnectionCount => Volatile.Read(ref _connectionCount);

    /// <summary>Bytes that went through, both ways.</summary>
    public long ByteCount => Interlocked.Read(ref _byteCount);

    /// <summary>Ends every connection, and takes no more.</summary>
    public void Cut()
    {
        Socket[] sockets;
        lock (_lock)
        {
            _listener!.Stop();
            sockets = [.. _sockets];
            _sockets.Clear();
        }

        foreach (Socket socket in sockets) socket.Close(timeout: 0);
    }

    /// <summary>Takes connections and bytes, and passes nothing on.</summary>
    public void Hold()
    {
        lock (_lock) _flows = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Is as it was in the beginning; what was held up is passed on.</summary>
    public void Restore()
    {
        lock (_lock) _flows.TrySetResult();
        if (!_listener!.Server.IsBound) Listen();
    }

    public async ValueTask DisposeAsync()
    {
        Restore();
        Cut();
        Task[] work;
        lock (_lock) work = [.. _work];
        await Task.WhenAll(work);
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }

    private void Listen()
    {
        var listener = new TcpListener(Outside, _port);
        listener.Start();
        lock (_lock)
        {
            _listener = listener;
            _work.Add(Task.Run(() => AcceptAsync(listener)));
        }
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                Socket client = await listener.AcceptSocketAsync();
                Interlocked.Increment(ref _connectionCount);
                var silo = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                client.NoDelay = true;
                lock (_lock)
                {
                    _sockets.AddRange([client, silo]);
                    _work.Add(Task.Run(() => PassAsync(client, silo)));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was cut.
        }
    }

    private async Task PassAsync(Socket client, Socket silo)
    {
        using (client)
        using (silo)
        {
            try
            {
                await silo.ConnectAsync(IPAddress.Loopback, _port);
                await await Task.WhenAny(PassOneWayAsync(client, silo), PassOneWayAsync(silo, client));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // An end is gone, or it was cut: the other end is told by its own end.
            }
        }
    }

    private async Task PassOneWayAsync(Socket from, Socket to)
    {
        byte[] buffer = new byte[64 << 10];
        while (await from.ReceiveAsync(buffer) is > 0 and var count)
        {
            Task flows;
            lock (_lock) flows = _flows.Task;
            await flows;
            for (int sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
            Interlocked.Add(ref _byteCount, count);
        }
    }
}
