# What `cmake --install` puts where, and the Debian package that `./dev package` makes of it.
include(GNUInstallDirs)
# `binaries`: what people run, without the tests.
add_custom_target(binaries)
foreach(program sluiced sluice-agent sluice)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    add_dependencies(binaries ${program})
  endif()
endforeach()
foreach(helper sluice-demo sluice-bench-corpus sluice-bench-memory sluice-bench-naive
        sluice-bench-push)
  if(TARGET ${helper})
    add_dependencies(binaries ${helper})
  endif()
endforeach()
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
install(DIRECTORY packaging/systemd/ DESTINATION lib/systemd/system
  FILES_MATCHING PATTERN *.service)
install(DIRECTORY packaging/etc/ DESTINATION /etc/sluice FILES_MATCHING PATTERN *.yaml)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME sluice)
set(CPACK_PACKAGE_CONTACT "The Sluice project <sluice@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${CMAKE_SOURCE_DIR}/packaging/debian/conffiles
  ${CMAKE_SOURCE_DIR}/packaging/debian/postinst
  ${CMAKE_SOURCE_DIR}/packaging/debian/prerm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
