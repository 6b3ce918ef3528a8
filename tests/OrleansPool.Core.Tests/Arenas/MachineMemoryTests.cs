using OrleansPool.Core.Arenas;

namespace OrleansPool.Core.Tests.Arenas;

public sealed class MachineMemoryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("machine-memory").FullName;

    public MachineMemoryTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Control groups are Linux.");
        Write("proc/meminfo", "MemTotal:       16000 kB\nMemFree:  1 kB\nMemAvailable:    8000 kB\n");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Write(string path, string text)
    {
        string file = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    [Fact]
    public void Without_control_groups_it_is_what_the_machine_has_available() =>
        Assert.Equal(new MachineMemory(8000 * 1024, "MemAvailable in /proc/meminfo"), MachineMemory.Read(_root));

    [Fact]
    public void A_version_2_group_leaves_its_limit_less_its_use_and_file_cache_is_not_use()
    {
        Write("proc/self/cgroup", "0::/pod/app\n");
        Write("sys/fs/cgroup/pod/app/memory.max", "max\n");
        Write("sys/fs/cgroup/pod/app/memory.current", "100\n");
        Write("sys/fs/cgroup/pod/memory.max", "5000\n");
        Write("sys/fs/cgroup/pod/memory.current", "1500\n");
        Write("sys/fs/cgroup/pod/memory.stat", "anon 700\ninactive_file 500\n");
        MachineMemory machine = MachineMemory.Read(_root);
        Assert.Equal(4000, machine.AvailableBytes);
        Assert.Contains("'/pod' (version 2)", machine.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void A_version_1_group_counts_too()
    {
        Write("proc/self/cgroup", "4:cpu,memory:/box\n3:cpuset:/\n0::/\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        Write("sys/fs/cgroup/memory/memory.usage_in_bytes", "123\n");
        Write("sys/fs/cgroup/memory/box/memory.limit_in_bytes", "6000\n");
        Write("sys/fs/cgroup/memory/box/memory.usage_in_bytes", "5000\n");
        Write("sys/fs/cgroup/memory/box/memory.stat", "total_inactive_file 1000\n");
        Assert.Equal(2000, MachineMemory.Read(_root).AvailableBytes);
    }

    [Fact]
    public void In_a_container_whose_path_is_the_hosts_the_mounted_root_counts()
    {
        Write("proc/self/cgroup", "0::/kubepods/burstable/pod1\n");
        Write("sys/fs/cgroup/memory.max", "4096\n");
        Write("sys/fs/cgroup/memory.current", "96\n");
        Assert.Equal(4000, MachineMemory.Read(_root).AvailableBytes);
    }

    [Fact]
    public void A_group_above_its_limit_leaves_nothing()
    {
        Write("proc/self/cgroup", "0::/\n");
        Write("sys/fs/cgroup/memory.max", "4096\n");
        Write("sys/fs/cgroup/memory.current", "5000\n");
        Assert.Equal(0, MachineMemory.Read(_root).AvailableBytes);
    }

    [Fact]
    public void This_machine_can_be_asked() => Assert.InRange(MachineMemory.Read().AvailableBytes, 1, long.MaxValue - 1);
}
