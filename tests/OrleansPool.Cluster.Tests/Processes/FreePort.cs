using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OrleansPool.Cluster.Tests.Processes;

/// <summary>Ports of the loopback interface that nobody uses, each given out once.</summary>
internal static class FreePort
{
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    public static int Next()
    {
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            if (Given.TryAdd(port, true)) return port;
        }
    }
}
