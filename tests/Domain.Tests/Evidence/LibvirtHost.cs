namespace ChatOpsBot.Domain.Tests.Evidence;

/// <summary>A host with a real libvirtd, a real QEMU guest on two taps and a stopped guest, in the private name spaces of one test.</summary>
internal static class LibvirtHost
{
    /// <summary>UUID of the running guest.</summary>
    public const string WebUuid = "11111111-1111-4111-8111-11111111aa01";

    /// <summary>Shell that makes it; the daemons end with the process name space.</summary>
    public const string Setup = """
        base=/run/cob
        mkdir -p $base/etc $base/lib $base/log/qemu /run/lock
        cp -a /etc/libvirt/. $base/etc; cp -a /var/lib/libvirt/. $base/lib
        rm -f $base/etc/qemu/*.xml
        mount --bind $base/etc /etc/libvirt
        mount --bind $base/lib /var/lib/libvirt
        mount --bind $base/log /var/log/libvirt
        ip link set lo up
        ip link add br0 type bridge
        ip link set br0 up
        ip link add br1 type bridge
        ip link set br1 up
        printf 'user = "root"\ngroup = "root"\nsecurity_driver = "none"\nnamespaces = []\ncgroup_controllers = []\n' >>/etc/libvirt/qemu.conf
        # There is no polkit here, which Debian's default for the read-only socket asks.
        printf 'auth_unix_ro = "none"\n' >>/etc/libvirt/libvirtd.conf
        virtlogd -d
        libvirtd -d
        v() { virsh -q -c qemu:///system "$@"; }
        wait_for() { i=0; until "$@"; do i=$((i + 1)); [ $i -lt 100 ] || exit 1; sleep 0.1; done >/dev/null 2>&1; }
        wait_for v list
        cat >$base/net.xml <<'X'
        <network><name>lan</name><forward mode='bridge'/><bridge name='br1'/></network>
        X
        cat >$base/web.xml <<'X'
        <domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
          <name>web &amp; 'one'; list</name>
          <uuid>11111111-1111-4111-8111-11111111aa01</uuid>
          <metadata><a:x xmlns:a="urn:x">canary-meta<![CDATA[ </domain> <b ]]></a:x></metadata>
          <memory unit='MiB'>32</memory><vcpu>1</vcpu>
          <os><type arch='x86_64' machine='pc'>hvm</type></os>
          <devices>
            <interface type='bridge'><mac address='52:54:00:AA:bb:01'/><source bridge='br0'/><model type='virtio'/><filterref filter='clean-traffic'/><port isolated='yes'/></interface>
            <interface type='bridge'><mac address='52:54:00:aa:bb:02'/><source bridge='br0'/><model type='e1000e'/><link state='down'/></interface>
            <interface type='network'><mac address='52:54:00:aa:bb:03'/><source network='lan'/><model type='virtio'/></interface>
            <graphics type='vnc' passwd='canaryV1' port='-1' autoport='yes'/>
            <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
          </devices>
          <qemu:commandline><qemu:arg value='-fw_cfg'/><qemu:arg value='name=opt/cob,string=canary-arg'/></qemu:commandline>
        </domain>
        X
        sed "s/web.*list/off1/; s/aa01/aa02/; /graphics/d; /qemu:/d; s/aa:bb:/cc:dd:/I; 1s/.*/<domain type='qemu'>/; /<metadata/d" $base/web.xml >$base/off.xml
        v net-define $base/net.xml >/dev/null
        v net-start lan >/dev/null
        v net-start default >/dev/null
        printf "<network><name>off</name><bridge name='virbr7' macTableManager='libvirt'/><ip address='10.9.0.1' netmask='255.255.255.0'/></network>" >$base/off-net.xml
        v net-define $base/off-net.xml >/dev/null
        v define $base/web.xml >/dev/null
        v define $base/off.xml >/dev/null
        v start "web & 'one'; list" >/dev/null
        sed "/52:54:00:AA:bb:01/s/br0/br1/" $base/web.xml >$base/web2.xml
        v define $base/web2.xml >/dev/null

        """;

    /// <summary>Shell that makes libvirtd ask polkit again, which answers nobody here.</summary>
    public const string RefuseLogins = """
        kill "$(cat /run/libvirtd.pid)"
        gone() { [ ! -e /run/libvirtd.pid ]; }
        wait_for gone
        sed -i '/^auth_unix_ro/d' /etc/libvirt/libvirtd.conf
        libvirtd -d
        wait_for v list

        """;

    /// <summary>Shell that kills QEMU.</summary>
    public const string EndGuests = """
        for p in $(grep -l qemu-system /proc/[0-9]*/comm); do p=${p#/proc/}; kill -9 "${p%/comm}"; done
        gone() { ! grep -qs qemu-system /proc/[0-9]*/comm; }
        wait_for gone

        """;

    /// <summary>Shell that ends libvirtd and leaves its guests running, as a crash does.</summary>
    public const string EndDaemon = """
        kill -9 "$(cat /run/libvirtd.pid)"
        gone() { ! grep -qs libvirtd /proc/[0-9]*/comm; }
        wait_for gone

        """;

    /// <summary>
    /// Shell that makes libvirt's record say the agent's channel is open, and answers for the agent: no guest of this size opens it by itself.
    /// </summary>
    public const string OpenAgent = """
        sed -i "s:<target type='virtio' name='org.qemu.guest_agent.0'[^>]*>:<target type='virtio' name='org.qemu.guest_agent.0' state='connected'/>:" /run/libvirt/qemu/*.xml
        cat >$base/virsh <<'X'
        #!/bin/sh
        [ "$1 $2 $3" = '-q -c qemu:///system' ] || exit 9
        echo "$4" | tr ';' '\n' | while read -r word rest; do
            case $word in
                echo) printf '%s' "$rest" ;;
                domifaddr)
                    printf ' %-10s %-17s    %s         %s\n' lo 00:00:00:00:00:00 ipv4 127.0.0.1/8
                    printf ' %-10s %-17s    %s         %s\n' 'my lan' 52:54:00:AA:BB:01 ipv4 10.20.0.7/16
                    printf ' %-10s %-17s    %s         %s\n' 'x\n 00000000-0000-4000-8000-000000000000' 52:54:00:aa:bb:01 ipv6 fe80::1/64
                    printf ' %-10s %-17s    %s          %s\n' eth9 52:54:00:aa:bb:09 N/A N/A
                    ;;
                *) exit 9 ;;
            esac
        done
        X
        chmod 755 $base/virsh
        mount --bind $base/virsh /usr/bin/virsh

        """;
}
