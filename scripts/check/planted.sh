# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Small modules for checks of how modules are packaged and found.

# Another one for the Kbuild of a directory.
plant_module() {	# DIRECTORY NAME LINE...
	echo "obj-m += $2.o" >>"$1/Kbuild"
	{
		echo "#include <linux/module.h>"
		echo 'MODULE_DESCRIPTION("planted"); MODULE_LICENSE("GPL");'
		shift 2
		printf '%s\n' "$@"
	} >"$1/$2.c"
}

conf_value() {	# TREE VARIABLE
	sed -n "s/^$2=\"\(.*\)\"$/\1/p" "$1/dkms.conf"
}

# In place of our modules: with their names, in their places.
plant_ours() {	# TREE
	local nr name alias where
	local -A aliases=([xen-blkback]=vbd [xen-netback]=vif)
	for nr in 0 1 2; do
		name=$(conf_value "$1" "BUILT_MODULE_NAME\[$nr\]")
		where=$1/$(conf_value "$1" "BUILT_MODULE_LOCATION\[$nr\]")
		alias=${aliases[$name]:-}
		rm -rf "$where"
		mkdir -p "$where"
		plant_module "$where" "$name" \
			"MODULE_VERSION(\"$(conf_value "$1" PACKAGE_VERSION)\");" \
			${alias:+"MODULE_ALIAS(\"xen-backend:$alias\");"}
	done
	rm -rf "$1/common/compat"
	sed -i '/compat/d' "$1/Kbuild"
}
