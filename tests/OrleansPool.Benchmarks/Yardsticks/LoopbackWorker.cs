using System.Buffers.Binary;
using System.Net.Sockets;
using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Benchmarks.Yardsticks;

/// <summary>Requests to the bare socket, some of them sent ahead of the answers.</summary>
internal sealed class LoopbackWorker(Socket socket, int bytesOut, int bytesIn, int outstandingCount) : ILoadWorker
{
    private readonly byte[] _request = MakeRequest(bytesOut, bytesIn);
    private readonly byte[] _answer = new byte[bytesIn];
    private readonly Queue<long> _begun = new(outstandingCount);

    public async Task RunAsync(LoadPace pace)
    {
        long began;
        while ((began = await pace.NextAsync()) >= 0)
        {
            socket.Send(_request);
            _begun.Enqueue(began);
            if (_begun.Count == outstandingCount) Receive(pace);
        }

        while (_begun.Count > 0) Receive(pace);
    }

    private void Receive(LoadPace pace)
    {
        LoopbackServer.Receive(socket, _answer);
        pace.Record(_begun.Dequeue(), bytesOut > bytesIn ? LoadKind.Write : LoadKind.Read);
    }

    private static byte[] MakeRequest(int bytesOut, int bytesIn)
    {
        byte[] request = new byte[LoopbackServer.RequestBytes + bytesOut];
        BinaryPrimitives.WriteInt32LittleEndian(request, bytesOut);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(sizeof(int)), bytesIn);
        return request;
    }
}
