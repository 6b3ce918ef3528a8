using System.Diagnostics;

namespace OrleansPool.Benchmarks.Processes;

/// <summary>Processor time of this process and of servers, user and kernel, as the kernel counts it.</summary>
internal sealed class ProcessorTime(params int[] serverIds)
{
    /// <summary>All of it since the processes began.</summary>
    public TimeSpan Total()
    {
        TimeSpan sum = Environment.CpuUsage.TotalTime;
        foreach (int id in serverIds)
        {
            using var server = Process.GetProcessById(id);
            sum += server.TotalProcessorTime;
        }

        return sum;
    }
}
