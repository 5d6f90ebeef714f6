namespace ChatOpsBot.Domain.Evidence;

/// <content>How sections begin and end.</content>
internal static partial class CollectorScript
{
    /// <summary>Opens, runs and closes sections, and runs that several sections share; after <see cref="Vocabulary"/>.</summary>
    public const string Sections = """"
        # However a fragment ends, its section is closed; only a kill leaves it open, and the reader then says so.
        # The last file of a section says that it is whole.
        close_section() {
            set +f
            unset -v IFS
            if [ -n "$D" ]; then
                set -- "$D/$section".*.a
                [ -e "$1" ] || shift
                printf '\n%s close %s %s\n' "$N" "$section" "$#" >"$D/$section.9999"
            else
                printf '\n%s close %s %s\n' "$N" "$section" - >&7
            fi
            section=
        }

        # ID BLOCKS SECONDS
        open_section() {
            section=$1 time_limit=$3 cap=$(($2 * 512)) count=1000 filter= part_out=
            if [ -n "$D" ]; then
                # The soft limit, for the next section raises it again.
                ulimit -S -f "$2"
            else
                count=0
                [ "$cap" -gt 1048576 ] && cap=1048576
            fi
        }

        # ID BLOCKS SECONDS FUNCTION
        run_batch() {
            open_section "$@"
            "$4"
            section=
        }

        # ID BLOCKS SECONDS FUNCTION
        run_section() {
            open_section "$@"
            if [ -n "$D" ]; then
                printf '\n%s section %s\n' "$N" "$section" >"$D/$section.0000"
            else
                printf '\n%s section %s\n' "$N" "$section" >&7
            fi
            "$4"
            close_section
        }

        # ITEMS TOOL ARGS...: one run for parts of several sections, which the reader takes apart: ITEMS are ID:PART in order.
        # Their rows are claimed when it went well; else each runs its own command later, so that what one of them spoils does not spoil the others.
        batch() {
            items=$1
            shift
            have "$1" || return 0
            run_watched "$@" </dev/null
            [ "$end.$code" = exited.0 ] || return 0
            printf '\n%s batch %s %s %s %s %s\n%s' "$N" "$end" "$code" "${#items}" "$out" "$err" "$items" >"$part_head"
            for item in $items; do
                true >"$D/claim.${item%:*}"
            done
            printf '\n' >"$D/$section.9999"
        }

        """";
}
