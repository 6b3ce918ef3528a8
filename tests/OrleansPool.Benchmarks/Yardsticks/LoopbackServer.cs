using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using OrleansPool.Benchmarks.Processes;

namespace OrleansPool.Benchmarks.Yardsticks;

/// <summary>
/// What the loopback interface itself takes: blocking sockets, a thread for each connection, no protocol to speak of. A request says how many bytes
/// follow it and how many are to come back.
/// </summary>
internal sealed class LoopbackServer : IDisposable
{
    /// <summary>The word that makes this program such a server.</summary>
    public const string Verb = "serve-loopback";

    /// <summary>Two integers: bytes that follow, and bytes that are to come back.</summary>
    public const int RequestBytes = 2 * sizeof(int);

    private readonly ChildProcess _process;
    private readonly int _port;

    public LoopbackServer() => (_process, _port) = ChildProcess.StartServer(Verb);

    public int ProcessId => _process.Id;

    /// <summary>What the other process does.</summary>
    public static int Serve()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        new Thread(() =>
        {
            while (true)
            {
                Socket peer = listener.Accept();
                peer.NoDelay = true;
                new Thread(() => Answer(peer)) { IsBackground = true, Name = "loopback connection" }.Start();
            }
        })
        { IsBackground = true, Name = "loopback listener" }.Start();
        return ChildProcess.Serve(((IPEndPoint)listener.LocalEndPoint!).Port);
    }

    public Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(new IPEndPoint(IPAddress.Loopback, _port));
        return socket;
    }

    public static void Receive(Socket socket, Span<byte> buffer)
    {
        while (buffer.Length > 0)
        {
            int count = socket.Receive(buffer);
            if (count == 0) throw new EndOfStreamException();
            buffer = buffer[count..];
        }
    }

    public void Dispose() => _process.Dispose();

    private static void Answer(Socket peer)
    {
        byte[] request = new byte[RequestBytes];
        byte[] payload = [];
        using (peer)
        {
            try
            {
                while (true)
                {
                    Receive(peer, request);
                    int bytesIn = BinaryPrimitives.ReadInt32LittleEndian(request);
                    int bytesOut = BinaryPrimitives.ReadInt32LittleEndian(request.AsSpan(sizeof(int)));
                    if (payload.Length < Math.Max(bytesIn, bytesOut)) payload = new byte[Math.Max(bytesIn, bytesOut)];
                    Receive(peer, payload.AsSpan(0, bytesIn));
                    peer.Send(payload.AsSpan(0, bytesOut));
                }
            }
            catch (Exception e) when (e is EndOfStreamException or SocketException)
            {
                // The one who measures is done.
            }
        }
    }
}
